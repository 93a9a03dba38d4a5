import { queryOptions } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/notifications";
import { notifications, read } from "../../api/clients";
import type { useNotificationsTexts } from "./texts";

export type TemplateItem = components["schemas"]["TemplateItem"];
export type Template = components["schemas"]["TemplateOut"];
export type Words = components["schemas"]["WordsBody"];
export type Recipient = components["schemas"]["OfficialOut"];
export type Notification = components["schemas"]["NotificationOut"];
type Texts = ReturnType<typeof useNotificationsTexts>;
type Key = Parameters<Texts>[0];

export const NOTIFICATIONS = ["settings", "notifications"] as const;
export const templatesQuery = queryOptions({
  queryKey: [...NOTIFICATIONS, "templates"],
  queryFn: ({ signal }) => read(notifications.GET("/v1/templates", { signal })),
});
export const templateQuery = (name: string) =>
  queryOptions({
    queryKey: [...NOTIFICATIONS, "template", name],
    queryFn: ({ signal }) => read(notifications.GET("/v1/templates/{name}", { params: { path: { name } }, signal })),
    staleTime: Infinity, // what is being edited must not change by itself
    gcTime: 0,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });

/** The parts of a template, in the order of the form; the service's limits. */
export const PARTS = [
  { id: "subject", max: 300, rows: 1 },
  { id: "text", max: 20_000, rows: 12 },
  { id: "html", max: 50_000, rows: 12 },
  { id: "short", max: 1_000, rows: 3 },
] as const;
export type Part = (typeof PARTS)[number]["id"];

export const TOPICS = [
  "complaint_created",
  "complaint_overdue",
  "complaint_reopened",
  "handoff",
  "digest",
  "system",
] as const;

/** Where a line begins and ends in a text; lines count from 1, as the service counts them. */
export function lineAt(text: string, line: number): [number, number] {
  const lines = text.split("\n");
  const at = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, at).reduce((sum, each) => sum + each.length + 1, 0);
  return [start, start + (lines[at]?.length ?? 0)];
}

const REASONS: Record<string, Key> = {
  smtp_not_supported: "reason_smtp_not_supported",
  bridge_away: "reason_bridge_away",
  address_invalid: "reason_address_invalid",
  opted_out: "reason_opted_out",
  refused: "reason_refused",
  not_configured: "reason_not_configured",
  apprise_url_invalid: "reason_apprise_url_invalid",
  apprise_refused: "reason_apprise_refused",
  too_late: "reason_too_late",
};
/** Why a notification did not arrive, in words; what is newer than this page is shown by its code. */
export function reasonOf(t: Texts, code: string | null): string {
  if (!code) return "";
  if (REASONS[code]) return t(REASONS[code]);
  const [, service, rest] = /^(smtp|sms)_(.+)$/.exec(code) ?? [];
  if (!service || !rest) return code;
  const by = service as "smtp" | "sms";
  return /^\d+$/.test(rest) ? t(`reason_${by}`, { code: rest }) : t(`reason_${by}_connection`);
}

import { queryOptions } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/notifications";
import { notifications, read } from "../../api/clients";
import type { Tone } from "../../ui/Badge";
import type { useWebhooksTexts } from "./texts";

export type Webhook = components["schemas"]["WebhookItem"];
export type Delivery = components["schemas"]["DeliveryItem"];
type Texts = ReturnType<typeof useWebhooksTexts>;

export const WEBHOOKS = ["settings", "webhooks"] as const;
export const webhooksQuery = queryOptions({
  queryKey: [...WEBHOOKS, "list"],
  queryFn: ({ signal }) => read(notifications.GET("/v1/webhooks", { signal })),
});
export const eventTypesQuery = queryOptions({
  queryKey: [...WEBHOOKS, "types"],
  queryFn: ({ signal }) => read(notifications.GET("/v1/webhooks/event-types", { signal })),
  staleTime: Infinity,
});

/** What people call each event; one that is newer than this page is shown by its own name. */
const NAMES: Record<string, Parameters<Texts>[0]> = {
  "munbot.appointment.booked.v1": "event_appointment_booked",
  "munbot.appointment.confirmed.v1": "event_appointment_confirmed",
  "munbot.appointment.rescheduled.v1": "event_appointment_rescheduled",
  "munbot.appointment.cancelled.v1": "event_appointment_cancelled",
  "munbot.appointment.attended.v1": "event_appointment_attended",
  "munbot.appointment.no_show.v1": "event_appointment_no_show",
  "munbot.appointment.reminder_due.v1": "event_appointment_reminder_due",
  "munbot.complaint.created.v1": "event_complaint_created",
  "munbot.complaint.status_changed.v1": "event_complaint_status_changed",
  "munbot.complaint.commented.v1": "event_complaint_commented",
  "munbot.complaint.overdue.v1": "event_complaint_overdue",
  "munbot.complaint.reopened.v1": "event_complaint_reopened",
  "munbot.conversation.opened.v1": "event_conversation_opened",
  "munbot.conversation.handoff_requested.v1": "event_conversation_handoff_requested",
  "munbot.conversation.assigned.v1": "event_conversation_assigned",
  "munbot.conversation.released.v1": "event_conversation_released",
  "munbot.conversation.closed.v1": "event_conversation_closed",
  "munbot.message.feedback.v1": "event_message_feedback",
  "munbot.notification.sent.v1": "event_notification_sent",
  "munbot.notification.failed.v1": "event_notification_failed",
  "munbot.webhook.test.v1": "event_test",
};
export const eventName = (t: Texts, type: string) => (NAMES[type] ? t(NAMES[type]) : type);

export const CONTEXTS = ["appointment", "complaint", "conversation", "message", "notification"] as const;
export const contextOf = (type: string) => type.split(".")[1];

/** What a webhook is called: its name, or the host of its address. */
export function nameOf({ description, url }: Webhook): string {
  return description || (URL.canParse(url) ? new URL(url).host : url);
}

/** A webhook's state as a word and a colour. */
export function stateOf(t: Texts, webhook: Webhook, day: (iso: string) => string): { tone: Tone; word: string } {
  if (webhook.disabled_reason === "by_hand") return { tone: "plain", word: t("state_by_hand") };
  if (webhook.disabled_reason === "gone") return { tone: "error", word: t("state_gone") };
  if (webhook.disabled_reason === "failing") return { tone: "error", word: t("state_failing_off") };
  if (webhook.failing_since) return { tone: "alert", word: t("state_failing", { since: day(webhook.failing_since) }) };
  return webhook.succeeded_at ? { tone: "done", word: t("state_working") } : { tone: "plain", word: t("state_new") };
}

const ERRORS: Record<string, Parameters<Texts>[0]> = {
  timeout: "error_timeout",
  tls: "error_tls",
  unreachable: "error_unreachable",
  redirect: "error_redirect",
  status: "error_status",
  disabled: "error_disabled",
  host_unknown: "error_host_unknown",
  address_private: "error_address_private",
};
/** How an attempt ended, in words. */
export function outcomeOf(t: Texts, error: string | null, status: number | null): string {
  if (error) return t(ERRORS[error] ?? "error_address", { status: status ?? "" });
  return status === null ? "" : t("answered", { status });
}

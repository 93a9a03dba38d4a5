import { Badge, type Tone } from "../ui/Badge";
import { useFormats } from "../ui/format";
import { useNow } from "../ui/useNow";
import type { Status, Summary } from "./data";
import { deadlineOf } from "./deadline";
import { useComplaintsTexts } from "./texts";

const TONES: Record<Status, Tone> = {
  received: "alert",
  in_review: "info",
  forwarded: "info",
  waiting_citizen: "note",
  reopened: "alert",
  resolved: "done",
  rejected: "plain",
  closed: "plain",
};

export function StatusBadge({ status }: { status: Status }) {
  const t = useComplaintsTexts();
  return <Badge tone={TONES[status]}>{t(`status_${status}`)}</Badge>;
}

/** How much of the term is left: in words, and again in colour. */
export function DeadlineBadge({ complaint, withDay = false }: { complaint: Summary; withDay?: boolean }) {
  const t = useComplaintsTexts();
  const formats = useFormats();
  const deadline = deadlineOf(complaint, formats.dayKey(useNow(60_000)));
  const words = {
    over: t("due_over", { count: deadline.days }),
    today: t("due_today"),
    tomorrow: t("due_tomorrow"),
    in: t("due_in", { count: deadline.days }),
    paused: t("due_paused"),
    stopped: t("due_stopped"),
  }[deadline.key];
  const shown = withDay && complaint.due_date ? t("due_on", { words, day: formats.day(`${complaint.due_date}T12:00:00Z`) }) : words;
  if (deadline.key === "stopped") return <span>{withDay ? words : "–"}</span>;
  return (
    <span style={{ whiteSpace: "nowrap" }}>
      <Badge tone={deadline.tone}>{shown}</Badge>
    </span>
  );
}

export function MergedBadge({ complaint }: { complaint: Summary }) {
  const t = useComplaintsTexts();
  return complaint.merged_into ? <Badge>{t("merged_badge", { folio: complaint.merged_into })}</Badge> : null;
}

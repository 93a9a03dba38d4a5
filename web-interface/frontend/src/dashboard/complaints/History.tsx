import { useFormats } from "../ui/format";
import { type Complaint, type Status, useAgents } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

type Entry = Complaint["history"][number];

/** What was done, by whom and why; the latest first. */
export function HistoryList({ entries, comments }: { entries: readonly Entry[]; comments: Complaint["comments"] }) {
  const formats = useFormats();
  const nameOf = useActorName();
  const words = useEntryWords(comments);
  return (
    <ol className={styles.history}>
      {[...entries].reverse().map((entry, index) => (
        <li key={`${entry.at}-${index}`}>
          <p>{words(entry)}</p>
          {entry.reason && <p className={styles.text}>{entry.reason}</p>}
          <p className={styles.soft}>
            <time dateTime={entry.at}>{formats.dateTime(entry.at)}</time> · {nameOf(entry.actor)}
          </p>
        </li>
      ))}
    </ol>
  );
}

/** What somebody is called who did something. */
export function useActorName() {
  const t = useComplaintsTexts();
  const { nameOf } = useAgents();
  return (actor: Entry["actor"]) => {
    if (actor.role === "service") return t("by_system");
    return actor.role === "visitor" ? t("by_citizen") : nameOf(actor.subject);
  };
}

function useEntryWords(comments: Complaint["comments"]) {
  const t = useComplaintsTexts();
  const { nameOf } = useAgents();
  const open = new Set(comments.filter((comment) => comment.public).map((comment) => comment.id));
  return (entry: Entry): string => {
    const after = entry.after as Partial<Record<string, string>>;
    switch (entry.action) {
      case "status_changed":
        return t("did_status_changed", { status: t(`status_${after["status"] as Status}`) });
      case "assigned":
        return t("did_assigned", { name: after["assignee"] ? nameOf(after["assignee"]) : t("nobody") });
      case "commented":
        return open.has(after["comment_id"] ?? "") ? t("did_commented_public") : t("did_commented");
      case "merged":
        return t("did_merged", { folio: after["into"] ?? "" });
      case "received_duplicate":
        return t("did_received_duplicate", { folio: after["folio"] ?? "" });
      case "created":
      case "attached":
      case "overdue":
        return t(`did_${entry.action}`);
      default:
        return entry.action;
    }
  };
}

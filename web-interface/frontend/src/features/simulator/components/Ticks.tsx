import type { Entry } from "../api/schemas";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import styles from "./Bubble.module.css";

const WORDS = {
  sent: texts.status_sent,
  delivered: texts.status_delivered,
  read: texts.status_read,
  failed: texts.status_failed,
} satisfies Record<Entry["status"], string>;

/** What became of a citizen's message: a clock while the platform has not taken it, then one, two, and coloured ticks. */
export function Ticks({ entry }: { entry: Entry }) {
  return (
    <span className={styles.ticks} data-status={entry.status} title={WORDS[entry.status]}>
      <span className="visually-hidden">{WORDS[entry.status]}</span>
      {entry.undelivered ? (
        <SimIcon name="clock" size="0.9rem" />
      ) : (
        <svg aria-hidden="true" viewBox="0 0 20 12" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round">
          <path d="M1.500 6.500 5 10 12.500 2" />
          {entry.status !== "sent" && <path d="M9.500 9 10.500 10 18 2" />}
        </svg>
      )}
    </span>
  );
}

import type { ComplaintUpdate } from "@/shared/api/schemas";
import { formatMoment } from "../dates";
import texts from "../texts/es-CL.json";
import styles from "./Timeline.module.css";

type Props = { updates: ComplaintUpdate[]; timeZone: string | null };

/** What happened, the newest first. */
export function Timeline({ updates, timeZone }: Props) {
  return (
    <section aria-labelledby="timeline-title">
      <h2 id="timeline-title" className={styles.title}>
        {texts.timeline}
      </h2>
      {updates.length === 0 && <p>{texts.timeline_empty}</p>}
      <ol className={styles.timeline}>
        {[...updates].reverse().map(({ at, kind, author, text }) => (
          <li key={`${at} ${kind} ${text}`} data-kind={kind}>
            <p className={styles.meta}>
              <time dateTime={at}>{formatMoment(at, timeZone)}</time> · {author}
              {kind === "comment" && ` · ${texts.comment}`}
            </p>
            <p className={styles.text}>{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

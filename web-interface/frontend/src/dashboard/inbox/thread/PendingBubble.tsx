import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import { useUiTexts, wordsOf } from "../../ui/texts";
import type { Pending } from "../api/outbox";
import { useOutbox } from "../api/OutboxProvider";
import { useInboxTexts } from "../texts";
import { Rich } from "./Bubble";
import styles from "./Bubble.module.css";

/** What was written here and is not yet confirmed. */
export function PendingBubble({ entry }: { entry: Pending }) {
  const t = useInboxTexts();
  const ui = useUiTexts();
  const format = useFormats();
  const outbox = useOutbox();
  return (
    <article className={styles.bubble} data-side="ours" data-from="agent">
      <header className={styles.sender}>{t("from_you")}</header>
      {entry.file && (
        <p className={styles.fileName}>
          <PanelIcon name="file" />
          {entry.file.name}
        </p>
      )}
      {entry.text && (
        <div className={styles.text}>
          <Rich text={entry.text} />
        </div>
      )}
      {entry.state === "refused" && (
        <p className={styles.refused} role="alert">
          {t("refused", { reason: wordsOf(entry.error, ui) })}
        </p>
      )}
      <footer className={styles.foot}>
        <time dateTime={entry.at}>{format.time(entry.at)}</time>
        {entry.state !== "refused" && (
          <span className={styles.ticks} role="status">
            <PanelIcon name={entry.state === "waiting" ? "warning" : "clock"} size="1rem" />
            {t(`status_${entry.state}`)}
          </span>
        )}
      </footer>
      {entry.state !== "sending" && (
        <div className={styles.pendingActions}>
          <Button small onClick={() => outbox.again(entry.key)}>
            {t("resend")}
          </Button>
          {entry.state === "refused" && (
            <Button small onClick={() => outbox.drop(entry.key)}>
              {t("discard")}
            </Button>
          )}
        </div>
      )}
    </article>
  );
}

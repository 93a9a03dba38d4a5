import { useFormats } from "../../ui/format";
import type { Note } from "../api/queries";
import { useInboxTexts } from "../texts";
import { Rich } from "./Bubble";
import styles from "./Bubble.module.css";

/** What an official noted; no citizen sees it. */
export function NoteBubble({ note }: { note: Note }) {
  const t = useInboxTexts();
  const format = useFormats();
  return (
    <article className={styles.bubble} data-from="note">
      <header className={styles.sender}>{t("note_by", { name: note.agent.name })}</header>
      <div className={styles.text}>
        <Rich text={note.text} />
      </div>
      <footer className={styles.foot}>
        <time dateTime={note.created_at}>{format.time(note.created_at)}</time>
      </footer>
    </article>
  );
}

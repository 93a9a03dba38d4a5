import type { PresentAgent } from "../../live/protocol";
import { useLanguage } from "../../shell/i18n";
import { useInboxTexts } from "../texts";
import styles from "./Thread.module.css";

/** Who else has this conversation open, and who is writing. */
export function PresenceLine({ others }: { others: PresentAgent[] }) {
  const t = useInboxTexts();
  const language = useLanguage();
  const typing = others.filter((agent) => agent.typing);
  const shown = typing.length > 0 ? typing : others;
  const names = new Intl.ListFormat(language, { type: "conjunction" }).format(shown.map((agent) => agent.name));
  return (
    <p className={styles.presence} role="status">
      {shown.length > 0 && t(typing.length > 0 ? "typing" : "viewing", { names, count: shown.length })}
    </p>
  );
}

import styles from "../Settings.module.css";
import { differences } from "./changes";
import { useAuditTexts } from "./texts";

type Props = { before: Record<string, unknown> | null; after: Record<string, unknown> | null };

/** What an entry of the log changed, one line for each. */
export function Changes({ before, after }: Props) {
  const t = useAuditTexts();
  return (
    <ul className={styles.changes}>
      {differences(before, after).map((change) => (
        <li key={change.name}>
          {t("from_to", { name: change.name, before: change.before || t("nothing"), after: change.after || t("nothing") })}
        </li>
      ))}
    </ul>
  );
}

import styles from "../Settings.module.css";
import { differences } from "./changes";
import { nameKey } from "./names";
import { useAuditTexts } from "./texts";

type Props = { before: Record<string, unknown> | null; after: Record<string, unknown> | null };

/** What an entry of the log changed, one line for each. */
export function Changes({ before, after }: Props) {
  const t = useAuditTexts();
  const named = (field: string) => {
    const key = nameKey("field", field);
    return key ? t(key) : field;
  };
  return (
    <ul className={styles.changes}>
      {differences(before, after, named).map((change) => (
        <li key={change.name}>
          {t("from_to", {
            name: named(change.name),
            before: change.before || t("nothing"),
            after: change.after || t("nothing"),
          })}
        </li>
      ))}
    </ul>
  );
}

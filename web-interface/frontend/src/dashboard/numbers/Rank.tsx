import { useFormats } from "../ui/format";
import styles from "./Numbers.module.css";

export type Ranked = { id: string; label: string; count: number };

const SHOWN = 8;

/** The most frequent ones, as bars with their number. */
export function Rank({ title, items, empty }: { title: string; items: readonly Ranked[]; empty: string }) {
  const format = useFormats();
  const shown = items
    .filter((item) => item.count > 0)
    .sort((one, other) => other.count - one.count)
    .slice(0, SHOWN);
  const most = shown[0]?.count ?? 1;
  return (
    <div className={styles.rank}>
      <h3>{title}</h3>
      {shown.length === 0 ? (
        <p className={styles.hint}>{empty}</p>
      ) : (
        <ol>
          {shown.map((item) => (
            <li key={item.id}>
              <span>{item.label}</span>
              <strong>{format.number(item.count)}</strong>
              <span aria-hidden="true" className={styles.bar} style={{ inlineSize: `${(100 * item.count) / most}%` }} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

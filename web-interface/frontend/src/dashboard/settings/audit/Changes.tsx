import { useFormats } from "../../ui/format";
import styles from "../Settings.module.css";
import { differences, type Words } from "./changes";
import type { Entry } from "./log";
import { nameKey } from "./names";
import { useAuditTexts } from "./texts";

type Props = { entry: Entry; nameOf: (id: string) => string | undefined };

/** What the agenda counts in minutes since midnight. */
const MINUTES_OF_DAY = ["opens", "closes"];
const clockTime = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

/** What an entry of the log changed, one line for each; nothing where nothing did. */
export function Changes({ entry, nameOf }: Props) {
  const t = useAuditTexts();
  const formats = useFormats();
  const words: Words = {
    field: (name) => {
      const key = nameKey("field", name);
      return key ? t(key) : name;
    },
    value: (field, value) => {
      const word = `${field}.${value}`;
      const key =
        nameKey("value", `${entry.object_type}.${word}`) ??
        nameKey("value", word) ??
        (typeof value === "boolean" ? nameKey("value", String(value)) : null);
      if (key) return t(key);
      if (typeof value === "string") return nameOf(value) ?? (MOMENT.test(value) ? formats.dateTime(value) : value);
      return MINUTES_OF_DAY.includes(field) ? clockTime(Number(value)) : String(value);
    },
  };
  const changes = differences(entry.before, entry.after, words);
  if (changes.length === 0) return null;
  return (
    <ul className={styles.changes}>
      {changes.map((change) => (
        <li key={change.name}>
          {t(change.before === null ? "only" : "from_to", {
            name: words.field(change.name),
            before: change.before || t("nothing"),
            after: change.after || t("nothing"),
          })}
        </li>
      ))}
    </ul>
  );
}

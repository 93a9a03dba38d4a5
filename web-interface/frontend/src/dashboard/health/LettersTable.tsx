import { useFormats } from "../ui/format";
import { type Column, Table } from "../ui/Table";
import type { DeadLetter } from "./api";
import styles from "./Health.module.css";
import { eventName, nameOf, reasonOf, useHealthTexts } from "./texts";

type Props = {
  letters: readonly DeadLetter[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  keyOf: (letter: DeadLetter) => string;
};

/** Dead letters with a box to choose each. */
export function LettersTable({ letters, chosen, onChoose, keyOf }: Props) {
  const t = useHealthTexts();
  const format = useFormats();
  const keys = letters.map(keyOf);
  const hasAll = keys.every((key) => chosen.has(key));
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  const columns: readonly Column<DeadLetter>[] = [
    {
      id: "what",
      title: t("what"),
      cell: (letter) => (
        <label className={styles.choice}>
          <input type="checkbox" checked={chosen.has(keyOf(letter))} onChange={() => toggle(keyOf(letter))} />
          <span className={styles.named}>
            {eventName(t, letter.type)}
            <small>{nameOf(t, "queue", letter.queue)}</small>
          </span>
        </label>
      ),
    },
    { id: "reason", title: t("reason"), cell: (letter) => reasonOf(t, letter.reason) },
    { id: "attempts", title: t("attempts"), align: "end", cell: (letter) => format.number(letter.attempts) },
    { id: "when", title: t("when"), cell: (letter) => (letter.time ? format.dateTime(letter.time) : "–") },
    { id: "reference", title: t("reference"), cell: (letter) => <code className={styles.code}>{letter.correlation_id ?? letter.id}</code> },
  ];
  return (
    <>
      <label className={styles.choice}>
        <input type="checkbox" checked={hasAll} onChange={() => onChoose(new Set(hasAll ? [] : keys))} />
        {t("select_all")}
      </label>
      <Table caption={t("letters")} columns={columns} rows={letters} keyOf={keyOf} />
    </>
  );
}

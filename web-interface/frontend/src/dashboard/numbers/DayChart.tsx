import { lazy, Suspense } from "react";
import { useFormats } from "../ui/format";
import { type Column, Table } from "../ui/Table";
import { atNoon } from "./figures";
import styles from "./Numbers.module.css";
import { useNumbersTexts } from "./texts";

export type Series<Id extends string> = { id: Id; label: string; color: string };
export type DayRow<Id extends string> = { day: string } & Record<Id, number>;

type Props<Id extends string> = {
  title: string;
  series: readonly Series<Id>[];
  rows: readonly DayRow<Id>[];
  /** One bar for each day, made of all series; otherwise they stand side by side. */
  stacked?: boolean;
};

/** The library that draws is three times the rest of the page: the figures need not wait for it. */
const Bars = lazy(() => import("./Bars"));

/** Bars for each day, and the same numbers as a table for who does not see them. */
export function DayChart<Id extends string>({ title, series, rows, stacked = false }: Props<Id>) {
  const t = useNumbersTexts();
  const format = useFormats();
  const columns: Column<DayRow<Id>>[] = [
    { id: "day", title: t("day"), cell: (row) => format.day(atNoon(row.day)) },
    ...series.map(({ id, label }) => ({
      id,
      title: label,
      align: "end" as const,
      cell: (row: DayRow<Id>) => format.number(row[id]),
    })),
  ];
  if (rows.every((row) => series.every(({ id }) => row[id] === 0))) {
    return (
      <figure className={styles.figure}>
        <figcaption>{title}</figcaption>
        <p className={styles.hint}>{t("nothing")}</p>
      </figure>
    );
  }
  return (
    <figure className={styles.figure}>
      <figcaption>{title}</figcaption>
      {series.length > 1 && (
        <ul aria-hidden="true" className={styles.legend}>
          {series.map(({ id, label, color }) => (
            <li key={id}>
              <span style={{ background: color }} />
              {label}
            </li>
          ))}
        </ul>
      )}
      <div aria-hidden="true" className={styles.chart}>
        <Suspense>
          <Bars series={series} rows={rows} stacked={stacked} />
        </Suspense>
      </div>
      <details className={styles.details}>
        <summary>{t("as_table")}</summary>
        <Table caption={title} columns={columns} rows={rows} keyOf={(row) => row.day} />
      </details>
    </figure>
  );
}

import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { useFormats } from "../ui/format";
import { type Column, Table } from "../ui/Table";
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

/** Noon: the day is the same in every zone of the country. */
const atNoon = (day: string) => `${day}T12:00:00-04:00`;

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
        <ResponsiveContainer width="100%" height="100%">
          <BarChart data={[...rows]} accessibilityLayer={false} margin={{ top: 8, right: 8, bottom: 0, left: 0 }}>
            <CartesianGrid vertical={false} stroke="var(--line)" />
            <XAxis
              dataKey="day"
              tickFormatter={(day: string) => format.day(atNoon(day))}
              minTickGap={28}
              stroke="var(--line-strong)"
              tick={{ fill: "var(--ink-soft)", fontSize: "0.75rem" }}
            />
            <YAxis
              allowDecimals={false}
              width={36}
              stroke="var(--line-strong)"
              tick={{ fill: "var(--ink-soft)", fontSize: "0.75rem" }}
            />
            <Tooltip
              cursor={{ fill: "var(--chosen)" }}
              labelFormatter={(day) => (typeof day === "string" ? format.longDay(atNoon(day)) : null)}
              contentStyle={{ background: "var(--surface)", border: "1px solid var(--line-strong)", color: "var(--ink)" }}
              itemStyle={{ color: "var(--ink)" }}
            />
            {series.map(({ id, label, color }) => (
              <Bar
                key={id}
                dataKey={id}
                name={label}
                fill={color}
                isAnimationActive={false}
                maxBarSize={28}
                {...(stacked ? { stackId: "all" } : {})}
              />
            ))}
          </BarChart>
        </ResponsiveContainer>
      </div>
      <details className={styles.details}>
        <summary>{t("as_table")}</summary>
        <Table caption={title} columns={columns} rows={rows} keyOf={(row) => row.day} />
      </details>
    </figure>
  );
}

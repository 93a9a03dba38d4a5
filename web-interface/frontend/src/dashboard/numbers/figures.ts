import type { Formats } from "../ui/format";

/** A row for each day of the range: services leave out days on which nothing happened. */
export function withAllDays<Row extends { day: string }>(days: readonly string[], rows: readonly Row[], empty: Omit<Row, "day">): Row[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return days.map((day) => known.get(day) ?? ({ ...empty, day } as Row));
}

/** A share from 0 to 1 in whole hundredths. */
export const percent = (format: Formats, share: number): string => `${format.number(Math.round(share * 100))} %`;

import type { Formats } from "../ui/format";

/** A row for each day of the range: services leave out days on which nothing happened. */
export function withAllDays<Row extends { day: string }>(days: readonly string[], rows: readonly Row[], empty: Omit<Row, "day">): Row[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return days.map((day) => known.get(day) ?? ({ ...empty, day } as Row));
}

/** Noon: the day is the same in every zone of the country. */
export const atNoon = (day: string) => `${day}T12:00:00-04:00`;

/** A time to wait, in words that every language here reads: 45 s, 12 min, 3 h 5 min. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share from 0 to 1 in whole hundredths. */
export const percent = (format: Formats, share: number): string => `${format.number(Math.round(share * 100))} %`;

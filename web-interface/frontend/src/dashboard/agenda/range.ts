import { addDays, mondayOf } from "../scheduling/wallTime";
import type { View } from "./address";
import type { Range } from "./data";

/** The days that a view shows; a month shows whole weeks, always six of them. */
export function rangeOf(view: View, day: string): Range {
  if (view === "day") return { from: day, to: day };
  if (view === "week") return { from: mondayOf(day), to: addDays(mondayOf(day), 6) };
  const first = mondayOf(`${day.slice(0, 8)}01`);
  return { from: first, to: addDays(first, 41) };
}

/** The same day in the view before (-1) or after (1). */
export function turned(view: View, day: string, by: -1 | 1): string {
  if (view === "day") return addDays(day, by);
  if (view === "week") return addDays(day, 7 * by);
  const date = new Date(`${day.slice(0, 8)}01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return date.toISOString().slice(0, 10);
}

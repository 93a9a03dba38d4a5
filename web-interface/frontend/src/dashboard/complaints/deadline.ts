import type { Tone } from "../ui/Badge";
import type { Summary } from "./data";

export type Deadline = { key: "over" | "today" | "tomorrow" | "in" | "paused" | "stopped"; days: number; tone: Tone };

const DAY_MS = 86_400_000;

/** How a complaint stands with its term, in whole days of the office's calendar.
 *
 * `today` is the office's day, YYYY-MM-DD. Colour only repeats what the words say.
 */
export function deadlineOf(complaint: Pick<Summary, "clock" | "due_date">, today: string): Deadline {
  if (complaint.clock === "stopped" || complaint.due_date === null) return { key: "stopped", days: 0, tone: "plain" };
  if (complaint.clock === "paused") return { key: "paused", days: 0, tone: "info" };
  const days = Math.round((Date.parse(complaint.due_date) - Date.parse(today)) / DAY_MS);
  if (days < 0) return { key: "over", days: -days, tone: "error" };
  if (days === 0) return { key: "today", days, tone: "alert" };
  if (days === 1) return { key: "tomorrow", days, tone: "alert" };
  return { key: "in", days, tone: days <= 3 ? "note" : "done" };
}

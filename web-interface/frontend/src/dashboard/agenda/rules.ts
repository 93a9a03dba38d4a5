/** What may be done with an appointment, and how it looks. The service decides; the page shows only what it would allow. */
import type { Tone } from "../ui/Badge";
import type { Appointment, Status, Step } from "./data";

const HOUR = 3_600_000;

export const STATUSES: readonly Status[] = ["booked", "confirmed", "attended", "no_show", "cancelled"];

const TONES: Record<Status, Tone> = {
  booked: "info",
  confirmed: "done",
  attended: "plain",
  no_show: "alert",
  cancelled: "error",
};

export const statusOf = (appointment: Appointment): Status => appointment.status as Status;
export const toneOf = (status: Status): Tone => TONES[status];

export const isLive = (appointment: Appointment, now: number): boolean =>
  (appointment.status === "booked" || appointment.status === "confirmed") && Date.parse(appointment.end) > now;

/** The steps that are possible now, the most likely first. */
export function stepsOf(appointment: Appointment, now: number): Step[] {
  const start = Date.parse(appointment.start);
  const isOpen = appointment.status === "booked" || appointment.status === "confirmed";
  const steps: Step[] = [];
  if ((isOpen || appointment.status === "no_show") && now >= start - HOUR) steps.push("attended");
  if ((isOpen || appointment.status === "attended") && now >= start) steps.push("no-show");
  if (appointment.status === "booked" && isLive(appointment, now)) steps.push("confirm");
  if (isLive(appointment, now)) steps.push("cancel");
  return steps;
}

/** Whether what was typed is a RUT, a code, or neither yet: `15.482.903-2`, `H7KQ-3M2X`. */
export function kindOfSearch(text: string): "rut" | "code" | null {
  const plain = text.replace(/[\s.-]/g, "").toUpperCase();
  if (/^\d{6,8}[\dK]$/.test(plain)) return "rut";
  return /^[A-Z0-9]{8}$/.test(plain) ? "code" : null;
}

/** From the service's answers to what the calendar draws. All times are wall-clock times of the office. */
import type { EventInput } from "@fullcalendar/core";
import type { Exception } from "../scheduling/catalogue";
import { addDays, wallOf } from "../scheduling/wallTime";
import type { Appointment, OfficeDay } from "./data";
import { isLive, statusOf } from "./rules";

export type Words = {
  holiday: (name: string) => string;
  closed: (reason: string, office: string) => string;
  opened: (reason: string, office: string) => string;
};

export type Dropped = { appointment: Appointment; wall: string };

/** The cards. One that was dropped waits at its new place while the person is asked. */
export function appointmentEvents(
  appointments: readonly Appointment[],
  now: number,
  mayMove: boolean,
  dropped: Dropped | null,
): EventInput[] {
  return appointments.map((appointment) => ({
    id: appointment.id,
    ...(dropped?.appointment.id === appointment.id ? placeOf(dropped) : placeOf(appointment)),
    title: appointment.citizen.name,
    editable: mayMove && isLive(appointment, now),
    classNames: ["appointment", `is-${statusOf(appointment)}`],
    extendedProps: { kind: "appointment", appointment },
  }));
}

function placeOf(thing: Dropped | Appointment): { start: string; end: string } {
  if (!("wall" in thing)) return { start: wallOf(thing.start), end: wallOf(thing.end) };
  const { start, end } = thing.appointment;
  const length = Date.parse(end) - Date.parse(start);
  return { start: thing.wall, end: new Date(Date.parse(`${thing.wall}Z`) + length).toISOString().slice(0, 19) };
}

/** The hours at which some office is open; the calendar greys out all others. */
export function openingEvents(days: readonly OfficeDay[]): EventInput[] {
  if (days.every((day) => day.windows.length === 0)) {
    // The inverse of nothing would be nothing.
    return [...new Set(days.map((day) => day.date))].map((date) => ({
      display: "background",
      start: `${date}T00:00:00`,
      end: `${addDays(date, 1)}T00:00:00`,
      classNames: ["closed-time"],
    }));
  }
  return days.flatMap((day) =>
    day.windows.map((window) => ({
      groupId: "open",
      display: "inverse-background",
      start: wallOf(window.opens),
      end: wallOf(window.closes),
      classNames: ["closed-time"],
    })),
  );
}

/** Days on which an office is closed all day, without a closure that says why: holidays. */
export function holidayEvents(days: readonly OfficeDay[], words: Words): EventInput[] {
  const names = new Map(
    days.filter((day) => day.closure === "holiday").map((day) => [`${day.date}|${day.reason}`, day] as const),
  );
  return [...names.values()].map((day) => ({
    id: `holiday-${day.date}-${day.reason}`,
    start: day.date,
    allDay: true,
    editable: false,
    title: words.holiday(day.reason),
    classNames: ["closure"],
    extendedProps: { kind: "holiday" },
  }));
}

export function exceptionEvents(
  exceptions: readonly Exception[],
  officeId: string,
  nameOf: (id: string | null) => string,
  words: Words,
): EventInput[] {
  return exceptions
    .filter((exception) => !officeId || !exception.office_id || exception.office_id === officeId)
    .map((exception) => {
      const hours = exception.opens && exception.closes ? ` ${exception.opens}–${exception.closes}` : "";
      const say = exception.kind === "closed" ? words.closed : words.opened;
      return {
        id: `exception-${exception.id}`,
        start: exception.first_day,
        end: addDays(exception.last_day, 1),
        allDay: true,
        editable: false,
        title: say(exception.reason, nameOf(exception.office_id)) + hours,
        classNames: [exception.kind === "closed" ? "closure" : "opening"],
        extendedProps: { kind: "exception", exception },
      };
    });
}

const minutesOf = (iso: string) => Number(iso.slice(11, 13)) * 60 + Number(iso.slice(14, 16));
const clock = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:00:00`;

/** The hours to draw: all openings and all appointments, from full hour to full hour. */
export function hoursToDraw(days: readonly OfficeDay[], appointments: readonly Appointment[]): { from: string; to: string } {
  const spans = [
    ...days.flatMap((day) => day.windows.map((window) => [window.opens, window.closes] as const)),
    ...appointments.map((appointment) => [appointment.start, appointment.end] as const),
  ];
  if (spans.length === 0) return { from: "08:00:00", to: "18:00:00" };
  const first = Math.min(...spans.map(([start]) => minutesOf(start)));
  const last = Math.max(
    ...spans.map(([start, end]) => (end.slice(0, 10) > start.slice(0, 10) ? 1440 : minutesOf(end))),
  );
  return { from: clock(first), to: clock(Math.ceil(last / 60) * 60) };
}

/** The grid on which every office's visits begin, in minutes: a card is dropped on it. */
export function stepOf(days: readonly OfficeDay[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const steps = days.flatMap((day) => day.windows.map((window) => window.step));
  return steps.length === 0 ? 15 : Math.max(steps.reduce(divisor), 5);
}

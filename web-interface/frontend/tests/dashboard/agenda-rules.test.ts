import { describe, expect, it } from "vitest";
import {
  appointmentEvents,
  exceptionEvents,
  holidayEvents,
  hoursToDraw,
  openingEvents,
  stepOf,
} from "@/dashboard/agenda/calendar";
import type { Appointment, OfficeDay } from "@/dashboard/agenda/data";
import { rangeOf, turned } from "@/dashboard/agenda/range";
import { isLive, kindOfSearch, stepsOf } from "@/dashboard/agenda/rules";
import type { Exception } from "@/dashboard/scheduling/catalogue";
import { addDays, isDay, mondayOf, momentOf, wallAt, wallOf } from "@/dashboard/scheduling/wallTime";
import { anAppointment } from "./appointments";

const SANTIAGO = "America/Santiago";
const at = (iso: string) => Date.parse(iso);
const words = {
  holiday: (name: string) => `F ${name}`,
  closed: (reason: string, office: string) => `C ${office} ${reason}`,
  opened: (reason: string, office: string) => `A ${office} ${reason}`,
};

describe("wall clocks", () => {
  it("reads the office's clock, not the browser's", () => {
    expect(wallOf("2026-11-24T10:15:00-03:00")).toBe("2026-11-24T10:15:00");
    expect(wallAt(at("2026-11-24T02:30:00Z"), SANTIAGO)).toBe("2026-11-23T23:30:00");
    expect(wallAt(at("2026-11-24T03:00:00Z"), SANTIAGO)).toBe("2026-11-24T00:00:00");
  });
  it.each([
    ["2026-11-24T10:15:00", SANTIAGO, "2026-11-24T13:15:00.000Z"],
    ["2026-07-01T10:15:00", SANTIAGO, "2026-07-01T14:15:00.000Z"],
    ["2026-07-01T10:15:00", "America/Punta_Arenas", "2026-07-01T13:15:00.000Z"],
    // Santiago, 4 April 2026: 23:30 happens twice, the first time at -03:00
    ["2026-04-04T23:30:00", SANTIAGO, "2026-04-05T02:30:00.000Z"],
    // Santiago, 6 September 2026: 00:30 is skipped
    ["2026-09-06T00:30:00", SANTIAGO, "2026-09-06T04:30:00.000Z"],
    ["2026-09-06T08:00:00", SANTIAGO, "2026-09-06T11:00:00.000Z"],
    ["2026-09-05T20:00:00", SANTIAGO, "2026-09-06T00:00:00.000Z"],
  ])("%s in %s is %s", (wall, zone, moment) => {
    expect(momentOf(wall, zone)).toBe(moment);
  });
  it("counts days across months and knows a Monday", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(mondayOf("2026-11-29")).toBe("2026-11-23");
    expect(mondayOf("2026-11-23")).toBe("2026-11-23");
    expect([isDay("2026-11-23"), isDay("2026-13-01"), isDay("ayer"), isDay(null)]).toEqual([true, false, false, false]);
  });
});

describe("the days of a view", () => {
  it("are whole weeks of a month", () => {
    expect(rangeOf("month", "2026-11-15")).toEqual({ from: "2026-10-26", to: "2026-12-06" });
    expect(rangeOf("week", "2026-11-29")).toEqual({ from: "2026-11-23", to: "2026-11-29" });
    expect(rangeOf("day", "2026-11-29")).toEqual({ from: "2026-11-29", to: "2026-11-29" });
  });
  it("do not skip a short month", () => {
    expect(turned("month", "2027-01-31", 1)).toBe("2027-02-01");
    expect(turned("month", "2027-03-31", -1)).toBe("2027-02-01");
    expect(turned("week", "2026-12-28", 1)).toBe("2027-01-04");
  });
});

describe("what may be done with an hour", () => {
  const before = at("2026-11-24T08:00:00-03:00");
  const early = at("2026-11-24T09:30:00-03:00");
  const during = at("2026-11-24T10:20:00-03:00");
  const after = at("2026-11-24T11:00:00-03:00");
  it.each([
    ["booked", before, ["confirm", "cancel"]],
    ["booked", early, ["attended", "confirm", "cancel"]],
    ["booked", during, ["attended", "no-show", "confirm", "cancel"]],
    ["booked", after, ["attended", "no-show"]],
    ["confirmed", before, ["cancel"]],
    ["attended", after, ["no-show"]],
    ["no_show", after, ["attended"]],
    ["cancelled", before, []],
  ] as const)("%s", (status, now, steps) => {
    expect(stepsOf(anAppointment({ status }), now)).toEqual(steps);
  });
  it("moves only while it is to come", () => {
    expect(isLive(anAppointment({}), before)).toBe(true);
    expect(isLive(anAppointment({}), after)).toBe(false);
    expect(isLive(anAppointment({ status: "cancelled" }), before)).toBe(false);
  });
});

it.each([
  ["15.482.903-2", "rut"],
  ["7654321-k", "rut"],
  ["h7kq 3m2x", "code"],
  ["H7KQ-3M2X", "code"],
  ["Marcela", null],
  ["", null],
])("a search for %s is one by %s", (text, kind) => {
  expect(kindOfSearch(text)).toBe(kind);
});

describe("what the calendar draws", () => {
  const now = at("2026-11-24T08:00:00-03:00");
  const day = (changes: Partial<OfficeDay>): OfficeDay => ({
    office_id: "o1",
    date: "2026-11-24",
    windows: [],
    closure: null,
    reason: "",
    ...changes,
  });
  const open = (opens: string, closes: string, step = 15) => ({
    opens: `2026-11-24T${opens}:00-03:00`,
    closes: `2026-11-24T${closes}:00-03:00`,
    capacity: 1,
    step,
  });

  it("lets only those move it who may, and only what is to come", () => {
    const editable = (appointment: Appointment, mayMove: boolean) =>
      appointmentEvents([appointment], now, mayMove, null)[0]!.editable;
    expect(editable(anAppointment({}), true)).toBe(true);
    expect(editable(anAppointment({}), false)).toBe(false);
    expect(editable(anAppointment({ status: "attended" }), true)).toBe(false);
  });
  it("shows a dropped card at its new place, as long as it was", () => {
    const appointment = anAppointment({});
    const dropped = { appointment, wall: "2026-11-25T23:45:00" };
    const events = appointmentEvents([appointment, anAppointment({ id: "a2" })], now, true, dropped);
    expect(events.map(({ start, end }) => [start, end])).toEqual([
      ["2026-11-25T23:45:00", "2026-11-26T00:15:00"],
      ["2026-11-24T10:15:00", "2026-11-24T10:45:00"],
    ]);
  });
  it("greys out what is closed, and a day that is closed altogether", () => {
    const [opening] = openingEvents([day({ windows: [open("08:30", "14:00")] })]);
    expect([opening!.start, opening!.display]).toEqual(["2026-11-24T08:30:00", "inverse-background"]);
    const [closed] = openingEvents([day({ closure: "closed" })]);
    expect([closed!.start, closed!.end, closed!.display]).toEqual([
      "2026-11-24T00:00:00",
      "2026-11-25T00:00:00",
      "background",
    ]);
    expect(openingEvents([])).toEqual([]);
  });
  it("names a holiday once, whatever the number of offices", () => {
    const holiday = day({ closure: "holiday", reason: "Navidad" });
    const events = holidayEvents([holiday, { ...holiday, office_id: "o2" }, day({ closure: "closed" })], words);
    expect(events.map(({ title }) => title)).toEqual(["F Navidad"]);
  });
  it("shows the closures of the chosen office and those of all", () => {
    const exception = (id: string, office_id: string | null, changes: Partial<Exception> = {}): Exception => ({
      id,
      office_id,
      kind: "closed",
      first_day: "2026-11-24",
      last_day: "2026-11-25",
      opens: null,
      closes: null,
      step: 15,
      capacity: 1,
      reason: "Aseo",
      version: 1,
      affected: 0,
      ...changes,
    });
    const all = [exception("1", null), exception("2", "o1", { opens: "09:00", closes: "10:00" }), exception("3", "o2")];
    const events = exceptionEvents(all, "o1", (id) => id ?? "todas", words);
    expect(events.map(({ title, end }) => [title, end])).toEqual([
      ["C todas Aseo", "2026-11-26"],
      ["C o1 Aseo 09:00–10:00", "2026-11-26"],
    ]);
  });
  it("draws the hours in which something is open or booked", () => {
    const days = [day({ windows: [open("08:30", "14:00"), open("15:00", "17:15")] })];
    expect(hoursToDraw(days, [])).toEqual({ from: "08:00:00", to: "18:00:00" });
    const late = anAppointment({ start: "2026-11-24T20:10:00-03:00", end: "2026-11-24T20:40:00-03:00" });
    expect(hoursToDraw(days, [late])).toEqual({ from: "08:00:00", to: "21:00:00" });
    const overnight = anAppointment({ start: "2026-11-24T23:50:00-03:00", end: "2026-11-25T00:10:00-03:00" });
    expect(hoursToDraw([], [overnight])).toEqual({ from: "23:00:00", to: "24:00:00" });
    expect(hoursToDraw([], [])).toEqual({ from: "08:00:00", to: "18:00:00" });
  });
  it("drops cards on a grid that every office's visits begin on", () => {
    expect(stepOf([day({ windows: [open("08:00", "09:00", 30), open("10:00", "11:00", 20)] })])).toBe(10);
    expect(stepOf([day({ windows: [open("08:00", "09:00", 7), open("10:00", "11:00", 15)] })])).toBe(5);
    expect(stepOf([])).toBe(15);
  });
});

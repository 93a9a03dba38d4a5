import { describe, expect, it } from "vitest";
import { CSV_STYLES, toCsv } from "@/dashboard/numbers/csv";
import { duration, withAllDays } from "@/dashboard/numbers/figures";
import { addDays, daysOf, lastDays, rangeOf } from "@/dashboard/numbers/range";

describe("the days", () => {
  it.each([
    ["2026-02-28", 1, "2026-03-01"],
    ["2028-02-28", 1, "2028-02-29"],
    ["2026-01-01", -1, "2025-12-31"],
    ["2026-09-06", 1, "2026-09-07"], // clocks change in Chile; calendar days do not
  ])("%s and %i days is %s", (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  it("counts both ends", () => {
    expect(lastDays(7, "2026-11-21")).toEqual({ from: "2026-11-15", to: "2026-11-21" });
    expect(daysOf({ from: "2026-11-29", to: "2026-12-01" })).toEqual(["2026-11-29", "2026-11-30", "2026-12-01"]);
    expect(daysOf({ from: "2026-12-01", to: "2026-12-01" })).toEqual(["2026-12-01"]);
  });

  it.each([
    ["2026-12-02", "2026-12-01"],
    ["ayer", "2026-12-01"],
    ["2026-13-01", "2026-12-01"],
    [null, "2026-12-01"],
    ["2026-11-01", null],
  ])("an address from %s to %s asks for the last thirty days", (from, to) => {
    expect(rangeOf(from, to, "2026-11-21")).toEqual({ from: "2026-10-23", to: "2026-11-21" });
  });

  it("takes the range of an address", () => {
    expect(rangeOf("2026-01-01", "2026-01-31", "2026-11-21")).toEqual({ from: "2026-01-01", to: "2026-01-31" });
  });

  it("shows days on which nothing happened", () => {
    const rows = [{ day: "2026-11-21", n: 3 }, { day: "2020-01-01", n: 9 }];
    expect(withAllDays(["2026-11-20", "2026-11-21"], rows, { n: 0 })).toEqual([{ n: 0, day: "2026-11-20" }, rows[0]]);
  });
});

describe("a time to wait", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3_570, "1 h"], // 59.5 minutes
    [3_600, "1 h"],
    [11_100, "3 h 5 min"],
  ])("%i s is %s", (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});

describe("the file for spreadsheets", () => {
  const columns = [
    { title: "Día", value: (row: { day: string; n: number | null }) => row.day },
    { title: "Promedio, días", value: (row: { day: string; n: number | null }) => row.n },
  ];

  it("is written as Chile's spreadsheets read it, and as others do", () => {
    const rows = [{ day: "2026-11-21", n: 1.5 }, { day: "2026-11-22", n: null }];
    expect(toCsv(columns, rows, CSV_STYLES["es-CL"])).toBe('Día;"Promedio, días"\r\n2026-11-21;1,5\r\n2026-11-22;\r\n');
    expect(toCsv(columns, rows, CSV_STYLES.en)).toBe('Día,"Promedio, días"\r\n2026-11-21,1.5\r\n2026-11-22,\r\n');
  });

  it("makes no formula of a text, and keeps quotes", () => {
    const text = (day: string) => toCsv(columns, [{ day, n: 0 }], CSV_STYLES.en).split("\r\n")[1];
    expect(text("=1+1")).toBe("'=1+1,0");
    expect(text('=HYPERLINK("x")')).toBe(`"'=HYPERLINK(""x"")",0`);
    expect(text('dice "hola"')).toBe('"dice ""hola""",0');
  });
});

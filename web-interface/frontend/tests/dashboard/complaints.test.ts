import { describe, expect, it } from "vitest";
import { filtersOf, isFiltered, NO_FILTERS, queryOf, viewOf, withFilters } from "@/dashboard/complaints/address";
import { conflictOf, type Wish } from "@/dashboard/complaints/changes";
import { deadlineOf } from "@/dashboard/complaints/deadline";
import en from "@/dashboard/complaints/texts/en.json";
import es from "@/dashboard/complaints/texts/es-CL.json";
import { ApiError } from "@/shared/api/problem";

const due = (day: string | null, clock: "running" | "paused" | "stopped" = "running") =>
  deadlineOf({ due_date: day, clock }, "2026-11-21");

describe("a complaint's deadline", () => {
  it.each([
    ["2026-11-19", "over", 2, "error"],
    ["2026-11-20", "over", 1, "error"],
    ["2026-11-21", "today", 0, "alert"],
    ["2026-11-22", "tomorrow", 1, "alert"],
    ["2026-11-24", "in", 3, "note"],
    ["2026-11-25", "in", 4, "done"],
    ["2026-12-21", "in", 30, "done"],
  ] as const)("of %s is %s", (day, key, days, tone) => {
    expect(due(day)).toEqual({ key, days, tone });
  });
  it("does not run while the office waits, or once it is settled", () => {
    expect(due("2026-11-01", "paused").key).toBe("paused");
    expect(due("2026-11-01", "stopped").key).toBe("stopped");
    expect(due(null).key).toBe("stopped");
  });
});

describe("the address of a list", () => {
  const text = "view=map&status=received&status=in_review&category=aseo&q=poste+malo&overdue=true&sort=due";
  it("says all of its filters, and reads them back", () => {
    const params = new URLSearchParams(text);
    const filters = filtersOf(params);
    expect(filters).toMatchObject({ status: ["received", "in_review"], category: "aseo", q: "poste malo", overdue: true });
    expect(filtersOf(withFilters(params, filters))).toEqual(filters);
    expect(viewOf(withFilters(params, filters))).toBe("map");
    expect(queryOf(filters)).toEqual({
      status: ["received", "in_review"],
      category: "aseo",
      q: "poste malo",
      overdue: true,
      sort: "due",
    });
  });
  it("is empty without filters, and takes no order or view that it does not know", () => {
    expect(withFilters(new URLSearchParams(), NO_FILTERS).toString()).toBe("");
    expect(queryOf(NO_FILTERS)).toEqual({});
    expect(isFiltered(NO_FILTERS)).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, sort: "due" })).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, status: ["closed"] })).toBe(true);
    expect(filtersOf(new URLSearchParams("sort=rut")).sort).toBe("");
    expect(viewOf(new URLSearchParams("view=<b>"))).toBe("table");
  });
});

describe("a refused change", () => {
  const wish: Wish = { verb: "status", body: { status: "rejected", reason: "No procede" } };
  const refused = (code: string, problem: Record<string, unknown>) => new ApiError("invalid", code, null, null, 409, problem);
  it("shows what is there now when somebody was faster", () => {
    const current = { folio: "REC-2026-000001-3", version: 7 };
    expect(conflictOf(refused("version_conflict", { current }), wish)).toEqual({ wish, current });
  });
  it("is no conflict otherwise", () => {
    expect(conflictOf(refused("transition_illegal", { current: {} }), wish)).toBeNull();
    expect(conflictOf(refused("version_conflict", {}), wish)).toBeNull();
    expect(conflictOf(new Error("away"), wish)).toBeNull();
  });
});

it("has the same texts in both languages", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(es).sort());
});

import { describe, expect, it } from "vitest";
import { formatDay, formatMoment } from "@/features/complaint/dates";
import { readFolio, readRutEnd, stepOf } from "@/features/complaint/rules";
import { parseRetryAfter, toApiError } from "@/shared/api/problem";
import { pathTo, readPath } from "@/shared/ui/navigation";
import { formatPhone } from "@/shared/ui/phone";
import { fill, matches } from "@/shared/ui/text";
import { themeOf } from "@/app/theme";

describe("a folio as people type it", () => {
  it.each([
    ["REC-2026-000013-7", "REC-2026-000013-7"],
    ["rec 2026 13 7", "REC-2026-000013-7"],
    ["  rec2026000013k ", "REC-2026-000013-K"],
    ["2026–000013–7", "REC-2026-000013-7"],
    ["REC.2026/000013.7", "REC-2026-000013-7"],
  ])("%s", (typed, folio) => expect(readFolio(typed)).toBe(folio));

  it.each(["", "REC", "2026-000013", "REC-26-000013-7", "REC-2026-000013-77", "hola", "REC-2026-<b>-7"])(
    "refuses %s",
    (typed) => expect(readFolio(typed)).toBeNull(),
  );
});

describe("the end of a RUT", () => {
  it.each([
    ["9032", "9032"],
    ["903-2", "9032"],
    ["586k", "586K"],
    ["15.482.903-2", "9032"],
    ["9713586-k", "586K"],
  ])("%s", (typed, end) => expect(readRutEnd(typed)).toBe(end));

  it.each(["", "903", "90325", "K903", "abcd", "15.482.abc-2"])("refuses %s", (typed) =>
    expect(readRutEnd(typed)).toBeNull(),
  );
});

describe("addresses", () => {
  it.each([
    ["/", "valle-claro", "home"],
    ["/reclamo", "valle-claro", "complaint"],
    ["/reclamo/", "valle-claro", "complaint"],
    ["/t/punta-brava", "punta-brava", "home"],
    ["/t/punta-brava/", "punta-brava", "home"],
    ["/t/punta-brava/reclamo", "punta-brava", "complaint"],
    ["/t/", "valle-claro", "unknown"],
    ["/t/..%2Fadmin/", "valle-claro", "unknown"],
    ["/cualquiera", "valle-claro", "unknown"],
  ])("%s", (path, tenant, page) => expect(readPath(path)).toEqual({ tenant, page }));

  it("leads back to the page that it was made of", () => {
    for (const tenant of ["valle-claro", "punta-brava"]) {
      for (const page of ["home", "complaint"] as const) {
        expect(readPath(pathTo(tenant, page))).toEqual({ tenant, page });
      }
    }
  });
});

describe("an office's colours", () => {
  const ratio = (theme: Record<string, string>, name: string, ground: [number, number, number]) => {
    const rgb = theme[name]!.match(/\d+/g)!.map(Number);
    const light = (parts: number[]) => {
      const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const [high, low] = [light(rgb), light(ground)].sort((a, b) => b - a);
    return (high! + 0.05) / (low! + 0.05);
  };

  it.each(["#0b5c8a", "#7a2e3a", "#f2e205", "#ffffff", "#000000", "#7fd1ff"])("%s stays readable", (primary) => {
    const theme = themeOf({ primary });
    const brand = theme["--brand"]!.match(/\d+/g)!.map(Number) as [number, number, number];
    expect(ratio(theme, "--brand-text-light", [240, 244, 247])).toBeGreaterThanOrEqual(4.5);
    expect(ratio(theme, "--brand-text-dark", [34, 43, 49])).toBeGreaterThanOrEqual(4.5);
    expect(ratio(theme, "--on-brand", brand)).toBeGreaterThanOrEqual(4.5);
  });

  it("ignores what is no colour", () => expect(themeOf({ primary: "red;} body{display:none" })).toEqual({}));
});

describe("words, dates and numbers", () => {
  it("finds without accents, by the beginning of words", () => {
    expect(matches("circulacion", "Permiso de circulación")).toBe(true);
    expect(matches("perm circ", "Permiso de circulación")).toBe(true);
    expect(matches("lacion", "Permiso de circulación")).toBe(false);
    expect(matches("", "cualquiera")).toBe(true);
    expect(matches("(", "cualquiera")).toBe(true);
  });

  it("leaves a name without a value", () => expect(fill("{a} y {b}", { a: 1 })).toBe("1 y {b}"));

  it("writes telephone numbers as people do", () => {
    expect(formatPhone("+56223456701")).toBe("+56 2 2345 6701");
    expect(formatPhone("+56612345601")).toBe("+56 61 234 5601");
    expect(formatPhone("1407")).toBe("1407");
  });

  it("writes a moment in the office's zone", () => {
    expect(formatMoment("2026-06-01T02:30:00Z", "America/Santiago")).toBe("31 de mayo de 2026, 22:30");
    expect(formatMoment("2026-06-01T02:30:00Z", "America/Punta_Arenas")).toBe("31 de mayo de 2026, 23:30");
  });

  it("writes a day as that day, wherever the reader is", () =>
    expect(formatDay("2026-11-27")).toBe("viernes 27 de noviembre"));

  it("knows three steps", () =>
    expect(["received", "forwarded", "waiting_citizen", "reopened", "resolved", "rejected"].map(stepOf)).toEqual([
      0, 1, 1, 1, 2, 2,
    ]));
});

describe("a refusal", () => {
  it("is told in the office's words, with the time to wait", async () => {
    const body = JSON.stringify({ status: 429, code: "too_many_attempts", detail: "Espere." });
    const error = await toApiError(new Response(body, { status: 429, headers: { "Retry-After": "90" } }));
    expect(error).toMatchObject({ kind: "too_many", code: "too_many_attempts", detail: "Espere.", retryAfterSeconds: 90 });
  });

  it("is understood without words", async () => {
    const error = await toApiError(new Response("<html>502</html>", { status: 502 }));
    expect(error).toMatchObject({ kind: "away", detail: null, retryAfterSeconds: null });
  });

  it("does not trust the time to wait", () => {
    expect(parseRetryAfter("Wed, 21 Oct 2026 07:28:00 GMT")).toBeNull();
    expect(parseRetryAfter("-3")).toBeNull();
    expect(parseRetryAfter(null)).toBeNull();
  });
});

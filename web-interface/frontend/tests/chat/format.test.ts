import { describe, expect, it } from "vitest";
import { dates } from "@/features/chat/format/dates";
import { contrast, palette, parseHex, type Rgb } from "@/features/chat/format/palette";
import { blocks, inline } from "@/features/chat/format/richText";
import { localeOf, translator } from "@/shared/i18n";

const channels = (css: string) => (css.match(/\d+/g) ?? []).map(Number) as unknown as Rgb;

describe("rich text", () => {
  it("finds links without the sentence's own punctuation", () => {
    expect(inline("Vea (https://ejemplo.cl/a_(b)). Gracias")).toEqual([
      { kind: "text", text: "Vea (" },
      { kind: "link", text: "https://ejemplo.cl/a_(b)", href: "https://ejemplo.cl/a_(b)" },
      { kind: "text", text: "). Gracias" },
    ]);
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "<img src=x onerror=alert(1)>", "https://"])(
    "leaves %s as text",
    (text) => {
      expect(inline(text).every((part) => part.kind === "text")).toBe(true);
    },
  );

  it("makes lists of bullets and keeps the numbers of numbered ones", () => {
    expect(blocks("Reviso:\n  • uno\n  • dos\n¿Bien?").map((block) => block.kind)).toEqual(["paragraph", "list", "paragraph"]);
    expect(blocks("2. dos\n3) tres")[0]).toMatchObject({ ordered: true, start: 2, items: { length: 2 } });
  });
});

describe("palette", () => {
  it.each(["#0b5c8a", "#7a2e3a", "#f2b632", "#ffffff", "#000000", "#888888", "#0f0", "nonsense"])(
    "is readable with %s in both themes",
    (colour) => {
      for (const [theme, surface] of [["light", "#ffffff"], ["dark", "#222a32"]] as const) {
        const { fill, onFill, accent } = palette(colour, theme);
        expect(contrast(channels(fill), channels(onFill))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(channels(accent), parseHex(surface)!)).toBeGreaterThanOrEqual(4.5);
      }
    },
  );
});

describe("dates", () => {
  const t = translator("es-CL");
  const at = (text: string) => Date.parse(text);

  it("names days in the office's zone", () => {
    const { day, time } = dates("es-CL", "America/Santiago", t);
    const now = at("2026-11-25T02:30:00Z"); // still the 24th in Santiago
    expect(day(at("2026-11-24T12:00:00Z"), now)).toBe("Hoy");
    expect(day(at("2026-11-23T12:00:00Z"), now)).toBe("Ayer");
    expect(day(at("2026-11-16T12:00:00Z"), now)).toBe("lunes 16 de noviembre");
    expect(time(now)).toBe("23:30");
  });

  it("survives a zone that the browser does not know", () => {
    expect(dates("es-CL", "Mars/Olympus", t).time(0)).toMatch(/^\d\d:\d\d$/);
  });
});

describe("texts", () => {
  it("fills in values and falls back to Spanish", () => {
    expect(translator(localeOf("en-GB"))("chat.left", { count: 3 })).toBe("3 characters left");
    expect(translator(localeOf("fr"))("chat.today")).toBe("Hoy");
  });
});

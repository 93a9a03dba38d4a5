import { describe, expect, it } from "vitest";
import type { Message, Note } from "@/dashboard/inbox/api/queries";
import { shownRut } from "@/shared/ui/rut";
import type { InboxText } from "@/dashboard/inbox/names";
import { silenceLeft } from "@/dashboard/inbox/silence";
import { filled } from "@/dashboard/inbox/composer/canned";
import { timelineOf } from "@/dashboard/inbox/thread/timeline";
import { formats } from "@/dashboard/ui/format";

const message = (seq: number, at: string) => ({ id: `m${seq}`, seq, created_at: at }) as Message;
const note = (id: string, after_seq: number, at: string) => ({ id, after_seq, created_at: at }) as Note;
const dayKey = formats("es-CL", "America/Santiago").dayKey;
const shape = (entries: ReturnType<typeof timelineOf>) => entries.map((entry) => (entry.kind === "day" ? "—" : entry.id));

describe("the order of a conversation", () => {
  it("puts the pages, fetched from the end backwards, in order and once", () => {
    const pages = [
      [message(3, "2026-11-21T15:02:00Z"), message(4, "2026-11-21T15:03:00Z")],
      [message(1, "2026-11-21T15:00:00Z"), message(2, "2026-11-21T15:01:00Z"), message(3, "2026-11-21T15:02:00Z")],
    ];
    expect(shape(timelineOf(pages, [], false, dayKey))).toEqual(["—", "m1", "m2", "m3", "m4"]);
  });

  it("puts a note behind the message that was the last when it was written", () => {
    const pages = [[message(1, "2026-11-21T15:00:00Z"), message(2, "2026-11-21T15:01:00Z")]];
    const notes = [note("n1", 1, "2026-11-21T15:00:30Z"), note("n2", 2, "2026-11-21T16:00:00Z")];
    expect(shape(timelineOf(pages, notes, false, dayKey))).toEqual(["—", "m1", "n1", "m2", "n2"]);
  });

  it("leaves out notes that belong to what is not loaded yet", () => {
    const pages = [[message(9, "2026-11-21T15:00:00Z")]];
    const notes = [note("old", 3, "2026-11-20T15:00:00Z"), note("new", 9, "2026-11-21T15:05:00Z")];
    expect(shape(timelineOf(pages, notes, true, dayKey))).toEqual(["—", "m9", "new"]);
  });

  it("begins a day at the office's midnight, not at Greenwich's", () => {
    const pages = [[message(1, "2026-11-22T02:30:00Z"), message(2, "2026-11-22T03:30:00Z")]];
    expect(shape(timelineOf(pages, [], false, dayKey))).toEqual(["—", "m1", "—", "m2"]);
  });
});

describe("words", () => {
  it("fills in the name, and closes the gap without one", () => {
    expect(filled("Hola {nombre}, ¿cómo está?", "Ana $& Pérez")).toBe("Hola Ana $& Pérez, ¿cómo está?");
    expect(filled("Hola {nombre}, ¿cómo está?", null)).toBe("Hola, ¿cómo está?");
  });

  it("shows a RUT as people write it", () => {
    expect(shownRut("15482903-2")).toBe("15.482.903-2");
    expect(shownRut("9999999-K")).toBe("9.999.999-K");
  });

  it("keeps a day without a time on its day", () => {
    expect(formats("es-CL", "America/Santiago").day("2026-11-25")).toContain("25");
  });
});

describe("how long the assistant is silent", () => {
  const words: Record<string, string> = { minutes: "{minutes} min", hours: "{hours} h", hours_minutes: "{hours} h {minutes} min" };
  const t: InboxText = (key, values) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => String(values?.[name]));
  const now = Date.parse("2026-11-21T15:00:00Z");

  it.each([
    [24 * 3_600, "24 h"],
    [24 * 3_600 + 30, "24 h"], // the page's clock is half a minute late
    [24 * 3_600 - 29, "24 h"],
    [24 * 3_600 - 30, "23 h 59 min"],
    [3_600 + 61, "1 h 1 min"],
    [3_571, "1 h"],
    [3_569, "59 min"],
    [90, "1 min"],
    [1, "1 min"],
    [0, null],
    [-5, null],
  ])("%d s are %s", (seconds, shown) => {
    expect(silenceLeft(new Date(now + seconds * 1000).toISOString(), now, t)).toBe(shown);
  });
});

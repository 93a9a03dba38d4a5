import { describe, expect, it } from "vitest";
import { EntrySchema } from "@/features/simulator/api/schemas";
import { boldParts, clock, sizeOf } from "@/features/simulator/format";
import { loadPhones, newName, newNumber, readable, savePhones } from "@/features/simulator/phones";
import { EMPTY, isUnread, merge, shown, talkKey } from "@/features/simulator/transcript";
import { entryOf } from "./entries";

const [PHONE, OFFICE] = ["56911112222", "valle-claro"];

describe("what is on a telephone", () => {
  it("keeps the later version of a message, in whatever order they arrive", () => {
    const early = entryOf({ id: "a", seq: 1, position: 1 });
    const late = { ...early, seq: 5, status: "read" as const };
    for (const order of [
      [early, late],
      [late, early],
    ]) {
      const talk = order.reduce((known, entry) => merge(known, { messages: [entry], typing: [] }), EMPTY);
      expect(shown(talk, PHONE, OFFICE).map(({ entry }) => entry.status)).toEqual(["read"]);
    }
  });

  it("shows one talk, in its order, and reactions on what they are about", () => {
    const talk = merge(EMPTY, {
      messages: [
        entryOf({ id: "b", position: 2, author: "office", text: "¿Cuál?", buttons: [{ id: "si", title: "Sí", description: "" }] }),
        entryOf({ id: "a", position: 1, text: "hola" }),
        entryOf({ id: "c", position: 3, kind: "choice", text: "Sí", choice_id: "si", reply_to: "b" }),
        entryOf({ id: "d", position: 4, kind: "reaction", text: "👍", reply_to: "b" }),
        entryOf({ id: "e", position: 5, kind: "reaction", text: "❤️", reply_to: "b" }),
        entryOf({ id: "x", position: 6, phone: "56933334444" }),
        entryOf({ id: "y", position: 7, account: "punta-brava" }),
      ],
      typing: [],
    });
    const [first, second, third, ...others] = shown(talk, PHONE, OFFICE);
    expect(others).toEqual([]);
    expect(first?.entry.id).toBe("a");
    expect(second?.reactions).toEqual(["❤️"]);
    expect([...(second?.chosen ?? [])]).toEqual(["si"]);
    expect(third?.answered?.text).toBe("¿Cuál?");
  });

  it("takes a reaction back", () => {
    const react = (id: string, position: number, text: string) =>
      entryOf({ id, position, kind: "reaction", text, reply_to: "a" });
    const messages = [entryOf({ id: "a", position: 1 }), react("b", 2, "👍"), react("c", 3, "")];
    expect(shown(merge(EMPTY, { messages, typing: [] }), PHONE, OFFICE)[0]?.reactions).toEqual([]);
  });

  it("owes a read mark only for what the office wrote and nobody read", () => {
    const unread = (values: Parameters<typeof entryOf>[0]) =>
      isUnread(shown(merge(EMPTY, { messages: [entryOf(values)], typing: [] }), PHONE, OFFICE));
    expect(unread({ author: "office", status: "delivered" })).toBe(true);
    expect(unread({ author: "office", status: "read" })).toBe(false);
    expect(unread({ author: "citizen", status: "delivered" })).toBe(false);
  });

  it("knows until when somebody writes", () => {
    const until = "2026-11-23T12:00:25Z";
    const writing = merge(EMPTY, { messages: [], typing: [{ phone: PHONE, account: OFFICE, until }] });
    expect(writing.typing.get(talkKey(PHONE, OFFICE))).toBe(Date.parse(until));
    const ceased = merge(writing, { messages: [], typing: [{ phone: PHONE, account: OFFICE, until: null }] });
    expect(ceased.typing.size).toBe(0);
  });

  it("refuses messages of another shape", () => {
    expect(EntrySchema.safeParse({ ...entryOf({}), status: "lost" }).success).toBe(false);
  });
});

describe("telephones of this browser", () => {
  it("are kept, and nonsense in the storage is not", () => {
    const phones = [{ number: PHONE, name: "Ana", account: OFFICE }];
    savePhones(localStorage, phones);
    expect(loadPhones(localStorage)).toEqual(phones);
    for (const nonsense of ["{", "[1]", '[{"number":"x/../y","name":"a","account":"b"}]']) {
      localStorage.setItem("munbot-simulator-phones", nonsense);
      expect(loadPhones(localStorage)).toBeNull();
    }
  });

  it("have Chilean mobile numbers and different names", () => {
    for (let n = 0; n < 100; n += 1) expect(newNumber()).toMatch(/^569\d{8}$/);
    const ana = { number: PHONE, name: "Ana", account: OFFICE };
    expect(newName(["Ana", "Luis"], [ana])).toBe("Luis");
    expect(newName(["Ana"], [ana])).toBe("Ana 2");
    expect(readable(PHONE)).toBe("+56 9 1111 2222");
    expect(readable("+56222340001")).toBe("+56 2 2234 0001");
    expect(readable("34600111222")).toBe("+34600111222");
  });
});

describe("how it is written", () => {
  it("shows words between asterisks in bold, and nothing else", () => {
    expect(boldParts("el *lunes 23* a las 9")).toEqual(["el ", "lunes 23", " a las 9"]);
    for (const plain of ["2*3*4", "* punto", "un * suelto", "**", "a*b*"]) expect(boldParts(plain)).toEqual([plain]);
  });

  it("writes times and sizes", () => {
    expect([clock(0), clock(65), clock(600)]).toEqual(["0:00", "1:05", "10:00"]);
    expect([sizeOf(20), sizeOf(52_400), sizeOf(2_500_000)]).toEqual(["1 kB", "52 kB", "2,5 MB"]);
  });
});

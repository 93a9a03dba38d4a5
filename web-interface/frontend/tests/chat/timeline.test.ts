import { describe, expect, it } from "vitest";
import {
  lastSeq,
  openButtonsKey,
  withAccepted,
  withBotMessage,
  withDraft,
  withRefused,
  withUserMessage,
  type Timeline,
} from "@/features/chat/engine/timeline";
import { bubble } from "./fakes";

const texts = (timeline: Timeline) => timeline.map((message) => message.text);
const draft = (clientId: string, text: string) => ({ clientId, text, at: 0 });
const said = { id: "m1", seq: 1, text: "hola", client_message_id: null, created_at: "2026-11-23T12:00:00Z" };

describe("timeline", () => {
  it("shows a bubble that comes twice once", () => {
    const once = withBotMessage([], bubble(1));
    expect(withBotMessage(once, bubble(1))).toBe(once);
  });

  it("orders by seq what arrives out of order", () => {
    const timeline = [3, 1, 2].reduce<Timeline>((list, seq) => withBotMessage(list, bubble(seq)), []);
    expect(texts(timeline)).toEqual(["Respuesta 1", "Respuesta 2", "Respuesta 3"]);
    expect(lastSeq(timeline)).toBe(3);
  });

  it("puts a reply after the draft it answers", () => {
    let timeline = withBotMessage([], bubble(4));
    timeline = withDraft(timeline, draft("a", "uno"));
    timeline = withDraft(timeline, draft("b", "dos"));
    timeline = withBotMessage(timeline, bubble(6));
    expect(texts(timeline)).toEqual(["Respuesta 4", "uno", "dos", "Respuesta 6"]);
  });

  it("recognises a draft whose acknowledgement got lost when history brings it", () => {
    const timeline = withUserMessage(withDraft([], draft("a", "hola")), said);
    expect(timeline).toHaveLength(1);
    expect(timeline[0]).toMatchObject({ id: "m1", delivery: "sent", key: "a" });
  });

  it("keeps one of two when the acknowledgement comes after history", () => {
    const failed = withRefused(withDraft([], draft("a", "hola")), "a", "no");
    const both = withUserMessage(failed, said);
    expect(both).toHaveLength(2);
    const one = withAccepted(both, "a", "m1");
    expect(one).toHaveLength(1);
    expect(one[0]).toMatchObject({ id: "m1", order: 1, delivery: "sent", error: null });
  });

  it("offers the buttons of the last bubble until somebody answers", () => {
    const buttons = [{ title: "Sí", payload: "/affirm" }];
    const asked = withBotMessage([], bubble(1, { buttons }));
    expect(openButtonsKey(asked)).toBe("bubble-1");
    expect(openButtonsKey(withDraft(asked, draft("a", "Sí")))).toBeNull();
    expect(openButtonsKey(withBotMessage(asked, bubble(2)))).toBeNull();
  });
});

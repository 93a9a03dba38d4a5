import { describe, expect, it, vi } from "vitest";
import { ChatEngine } from "@/features/chat/engine/engine";
import { ChatStorage } from "@/features/chat/engine/storage";
import { bubble, FakeGateway, FakeStore, FakeTransport } from "./fakes";

const answer = { id: "a1" };

function build(store = new FakeStore()) {
  const socket = new FakeTransport();
  const storage = new ChatStorage("valle-claro", store);
  const engine = new ChatEngine({
    tenant: "valle-claro",
    server: "",
    gateway: new FakeGateway(),
    storage,
    transport: socket.factory,
  });
  return { engine, socket, storage, store };
}

async function online(made = build()) {
  made.engine.start();
  await vi.waitUntil(() => made.engine.getSnapshot().connection === "online");
  made.socket.events.onBotMessage(bubble(1, { answer }));
  return made;
}

const said = (engine: ChatEngine) => engine.getSnapshot().timeline[0]?.feedback;

describe("ratings", () => {
  it("belong to answers alone", async () => {
    const { engine, socket } = await online();
    socket.events.onBotMessage(bubble(2));
    expect(engine.getSnapshot().timeline.map((message) => message.ratable)).toEqual([true, false]);
  });

  it("are shown at once and told once", async () => {
    const { engine, socket, storage } = await online();
    engine.rate("bubble-1", "up");
    expect(said(engine)).toBe("up");
    await vi.waitUntil(() => Object.keys(storage.ratings()).length === 0);
    expect(socket.rated).toEqual([["bubble-1", "up"]]);
  });

  it("may be changed while the first is on its way", async () => {
    const { engine, socket, storage } = await online();
    engine.rate("bubble-1", "up");
    engine.rate("bubble-1", "down");
    await vi.waitUntil(() => Object.keys(storage.ratings()).length === 0);
    expect(socket.rated.at(-1)).toEqual(["bubble-1", "down"]);
    expect(said(engine)).toBe("down");
  });

  it("wait for the connection, over a reload", async () => {
    const first = await online();
    first.socket.events.onDisconnect();
    first.engine.rate("bubble-1", "down");
    first.engine.close();
    expect(first.socket.rated).toEqual([]);
    const second = await online(build(first.store));
    await vi.waitUntil(() => second.socket.rated.length === 1);
    expect(said(second.engine)).toBe("down");
  });

  it("go back when the office refuses them", async () => {
    const { engine, socket } = await online();
    socket.answerRating = () => ({ ok: false, error: { code: "not_found", detail: "No existe" } });
    engine.rate("bubble-1", "up");
    await vi.waitUntil(() => said(engine) === null);
    expect(socket.rated).toHaveLength(1);
  });

  it("are tried again when they could not be stored", async () => {
    vi.useFakeTimers();
    try {
      const made = build();
      made.engine.start();
      await vi.advanceTimersByTimeAsync(10);
      made.socket.events.onBotMessage(bubble(1, { answer }));
      made.socket.answerRating = () => ({ ok: false, error: { code: "unavailable", detail: "Luego" } });
      made.engine.rate("bubble-1", "up");
      await vi.advanceTimersByTimeAsync(10);
      made.socket.answerRating = () => ({ ok: true, message_id: "bubble-1" });
      await vi.advanceTimersByTimeAsync(3_100);
      expect(made.socket.rated).toHaveLength(2);
      expect(made.storage.ratings()).toEqual({});
      expect(said(made.engine)).toBe("up");
    } finally {
      vi.useRealTimers();
    }
  });

  it("come back with the history and from another tab", async () => {
    const { engine, socket } = await online();
    socket.events.onBotMessage(bubble(2, { answer, feedback: "up" }));
    expect(engine.getSnapshot().timeline[1]?.feedback).toBe("up");
    socket.events.onFeedback("bubble-2", "down");
    expect(engine.getSnapshot().timeline[1]?.feedback).toBe("down");
  });
});

import { describe, expect, it, vi } from "vitest";
import { ChatEngine } from "@/features/chat/engine/engine";
import { ChatStorage, HISTORY } from "@/features/chat/engine/storage";
import { bubble, FakeGateway, FakeStore, FakeTransport } from "./fakes";

function build(store = new FakeStore(), gateway = new FakeGateway()) {
  const socket = new FakeTransport();
  const storage = new ChatStorage("valle-claro", store);
  const engine = new ChatEngine({ tenant: "valle-claro", server: "", gateway, storage, transport: socket.factory });
  return { engine, socket, storage, gateway, store };
}

const online = (engine: ChatEngine) => vi.waitUntil(() => engine.getSnapshot().connection === "online");

describe("chat engine", () => {
  it("opens a session at the first message and shows it at once", async () => {
    const { engine, socket, gateway } = build();
    expect(engine.hasHistory).toBe(false);
    engine.send("Hola");
    expect(engine.getSnapshot().timeline[0]).toMatchObject({ text: "Hola", delivery: "sending" });
    await vi.waitUntil(() => engine.getSnapshot().timeline[0]?.delivery === "sent");
    expect(gateway.opened).toHaveLength(1);
    expect(socket.auths).toEqual([{ token: "token-1", last_seq: 0 }]);
  });

  it("goes on after a reload: same session, a bounded look back, and the unsent message", async () => {
    const first = build();
    first.socket.answer = () => null;
    first.engine.send("Quiero pedir una hora");
    await online(first.engine);
    first.socket.events.onBotMessage(bubble(200));
    first.engine.close();

    const second = build(first.store, first.gateway);
    expect(second.engine.getSnapshot().timeline[0]).toMatchObject({ text: "Quiero pedir una hora" });
    second.engine.start();
    await vi.waitUntil(() => second.socket.sent.length > 0);
    expect(first.gateway.opened).toHaveLength(1);
    expect(second.socket.auths[0]).toEqual({ token: "token-1", last_seq: 200 - HISTORY });
    expect(second.socket.sent[0]?.clientId).toBe(first.socket.sent[0]?.clientId);
  });

  it("asks for what it missed after what it shows", async () => {
    const { engine, socket } = build();
    engine.start();
    await online(engine);
    socket.events.onBotMessage(bubble(5));
    socket.events.onDisconnect();
    expect(engine.getSnapshot().connection).toBe("offline");
    engine.setNetwork(true);
    expect(socket.auths.at(-1)?.last_seq).toBe(5);
  });

  it("renews a refused token and says when the conversation is another", async () => {
    const { engine, socket, gateway } = build();
    engine.start();
    await online(engine);
    socket.events.onBotMessage(bubble(1));
    gateway.conversation = "conversation-2";
    socket.events.onDenied();
    await vi.waitUntil(() => engine.getSnapshot().restarted);
    expect(engine.getSnapshot().timeline).toEqual([]);
    expect(new Set(gateway.opened).size).toBe(1);
    expect(socket.auths.at(-1)).toEqual({ token: "token-2", last_seq: 0 });
  });

  it("counts what comes while the panel is closed", async () => {
    const { engine, socket } = build();
    engine.start();
    await online(engine);
    socket.events.onBotMessage(bubble(1));
    socket.events.onBotMessage(bubble(2));
    expect(engine.getSnapshot().unread).toBe(2);
    engine.setVisible(true);
    expect(engine.getSnapshot().unread).toBe(0);
  });
});

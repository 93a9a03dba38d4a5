import { beforeEach, describe, expect, it, vi } from "vitest";
import { Outbox, type Pending } from "@/dashboard/inbox/api/outbox";
import type { Message } from "@/dashboard/inbox/api/queries";
import { endSession, startSession } from "@/dashboard/session/store";
import { ApiError } from "@/shared/api/problem";

const AWAY = new ApiError("away", "network", null);
const REFUSED = new ApiError("invalid", "conversation_closed", "La conversación está cerrada", null, 409);
const me = { id: "agent-1", name: "Ana", email: "ana@x.cl", role: "agent", tenant: "valle-claro" } as const;

/** A platform that keeps messages by key, as the hub does, and fails as it is told. */
function platform(failures: (Error | "lost answer")[] = []) {
  const kept = new Map<string, string>();
  const send = (entry: Pending): Promise<Message> => {
    const failure = failures.shift();
    if (failure instanceof Error) return Promise.reject(failure);
    kept.set(entry.key, entry.text);
    if (failure === "lost answer") return Promise.reject(AWAY);
    return Promise.resolve({ id: `m-${entry.key}`, text: entry.text } as Message);
  };
  return { kept, send };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe("what an official wrote", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    window.sessionStorage.clear();
    startSession({ token: "t", expiresAt: Date.now() + 3_600_000, me });
    return () => {
      vi.useRealTimers();
      endSession("left");
    };
  });

  it("goes out in order, and leaves the outbox when it is confirmed", async () => {
    const { kept, send } = platform();
    const sent: string[] = [];
    const outbox = new Outbox(me.id, send, (message) => sent.push(message.text));
    outbox.add("c1", "uno");
    outbox.add("c1", "dos");
    await settle();
    expect([...kept.values()]).toEqual(["uno", "dos"]);
    expect(sent).toEqual(["uno", "dos"]);
    expect(outbox.read()).toEqual([]);
  });

  it("goes again by itself under the same key, so that a lost answer makes no second message", async () => {
    const { kept, send } = platform(["lost answer"]);
    const outbox = new Outbox(me.id, send, () => undefined);
    outbox.add("c1", "uno");
    outbox.add("c1", "dos");
    await settle();
    expect(outbox.read().map((entry) => entry.state)).toEqual(["waiting", "sending"]);
    await vi.advanceTimersByTimeAsync(5000);
    expect([...kept.values()]).toEqual(["uno", "dos"]);
    expect(outbox.read()).toEqual([]);
  });

  it("stays with the reason when it is refused, and what follows goes on", async () => {
    const { kept, send } = platform([REFUSED]);
    const outbox = new Outbox(me.id, send, () => undefined);
    outbox.add("c1", "uno");
    outbox.add("c1", "dos");
    await settle();
    expect([...kept.values()]).toEqual(["dos"]);
    expect(outbox.read()).toMatchObject([{ text: "uno", state: "refused", error: REFUSED }]);
    outbox.drop(outbox.read()[0]!.key);
    expect(outbox.read()).toEqual([]);
  });

  it("gives back files that are refused for what they are, with their words, and only those", async () => {
    const type = new ApiError("invalid", "file_type", "Ese tipo de archivo no se puede enviar", null, 415);
    const { kept, send } = platform([type, type, REFUSED]);
    const outbox = new Outbox(me.id, send, () => undefined);
    const [program, closed] = [new File(["MZ"], "factura.pdf"), new File(["%PDF"], "plano.pdf")];
    outbox.add("c1", "Le mando la factura", program);
    outbox.add("c1", "", closed);
    outbox.add("c2", "otra", program);
    outbox.add("c1", "dos");
    await settle();
    expect(outbox.takeBackFiles("c1")).toMatchObject([{ text: "Le mando la factura", file: program, error: type }]);
    expect(outbox.takeBackFiles("c1")).toEqual([]);
    expect(outbox.read().map(({ file, state }) => [file, state])).toEqual([
      [closed, "refused"],
      [program, "refused"],
    ]);
    expect([...kept.values()]).toEqual(["dos"]);
  });

  it("outlives the page, with its key", async () => {
    const first = platform(["lost answer"]);
    new Outbox(me.id, first.send, () => undefined).add("c1", "uno");
    await settle();
    const second = platform();
    const again = new Outbox(me.id, second.send, () => undefined);
    await settle();
    expect(again.read()).toEqual([]);
    expect([...second.kept.keys()]).toEqual([...first.kept.keys()]);
  });

  it("is not shown to another person on the same tab", async () => {
    const { send } = platform([AWAY]);
    new Outbox(me.id, send, () => undefined).add("c1", "uno");
    await settle();
    expect(new Outbox("agent-2", send, () => undefined).read()).toEqual([]);
  });

  it("does not wait in one conversation for another", async () => {
    const { kept, send } = platform([AWAY]);
    const outbox = new Outbox(me.id, send, () => undefined);
    outbox.add("c1", "uno");
    outbox.add("c2", "otra");
    await settle();
    expect([...kept.values()]).toEqual(["otra"]);
  });
});

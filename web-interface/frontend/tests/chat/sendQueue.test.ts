import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ack } from "@/features/chat/engine/protocol";
import { SendQueue } from "@/features/chat/engine/sendQueue";
import type { Pending } from "@/features/chat/engine/storage";

const message = (clientId: string): Pending => ({ clientId, text: clientId, payload: null, at: 0 });
const refused = (code: string, retry_after?: number): Ack => ({ ok: false, error: { code, detail: "No.", retry_after } });

function build(answers: (Ack | null)[], initial: Pending[] = []) {
  const sent: string[] = [];
  const calls = { accepted: [] as string[], refused: [] as string[], unauthorised: 0, kept: [] as string[][] };
  const queue = new SendQueue({
    initial,
    transmit: (pending) => {
      sent.push(pending.clientId);
      return Promise.resolve(answers.length > 0 ? (answers.shift() ?? null) : { ok: true, message_id: "m" });
    },
    keep: (list) => calls.kept.push(list.map((pending) => pending.clientId)),
    onAccepted: (pending) => calls.accepted.push(pending.clientId),
    onRefused: (pending, code) => calls.refused.push(`${pending.clientId}:${code}`),
    onUnauthorised: () => (calls.unauthorised += 1),
  });
  return { queue, sent, calls };
}

describe("send queue", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("repeats a message without an answer under the same id, and only then sends the next", async () => {
    const { queue, sent, calls } = build([null, null]);
    queue.add(message("a"));
    queue.add(message("b"));
    queue.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toEqual(["a", "a"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual(["a", "a", "a", "b"]);
    expect(calls.accepted).toEqual(["a", "b"]);
    expect(calls.kept.at(-1)).toEqual([]);
  });

  it("waits as long as the gateway asks", async () => {
    const { queue, sent } = build([refused("too_many_requests", 7)]);
    queue.add(message("a"));
    queue.start();
    await vi.advanceTimersByTimeAsync(6_900);
    expect(sent).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent).toEqual(["a", "a"]);
  });

  it("gives up what can never pass and goes on", async () => {
    const { queue, calls } = build([refused("message_too_long")]);
    queue.add(message("a"));
    queue.add(message("b"));
    queue.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.refused).toEqual(["a:message_too_long"]);
    expect(calls.accepted).toEqual(["b"]);
  });

  it("stands still without a connection or with a stale token, and loses nothing", async () => {
    const { queue, sent, calls } = build([refused("token_invalid")], [message("kept")]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toEqual([]);
    queue.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.unauthorised).toBe(1);
    expect(sent).toEqual(["kept"]);
    queue.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls.accepted).toEqual(["kept"]);
  });
});

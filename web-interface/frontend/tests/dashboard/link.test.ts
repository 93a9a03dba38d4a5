import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StaffLink } from "@/dashboard/live/link";
import { endReason, endSession, getSession, startSession } from "@/dashboard/session/store";

/** Socket.IO's client as far as the link uses it. */
class FakeSocket {
  connected = false;
  active = true;
  readonly handlers = new Map<string, (...args: unknown[]) => void>();
  readonly sent: [string, unknown][] = [];
  readonly volatile = { emit: (name: string, data: unknown) => this.sent.push([name, data]) };
  auth: ((give: (data: unknown) => void) => void) | undefined;
  connect = vi.fn(() => this);
  disconnect = vi.fn(() => this);
  on(name: string, handler: (...args: unknown[]) => void) {
    this.handlers.set(name, handler);
  }
  emit(name: string, data: unknown) {
    this.sent.push([name, data]);
  }
  removeAllListeners() {
    this.handlers.clear();
  }
  hear(name: string, ...args: unknown[]) {
    this.handlers.get(name)?.(...args);
  }
  open() {
    this.auth?.(() => undefined);
    this.connected = true;
    this.hear("connect");
  }
}

let socket: FakeSocket;
vi.mock("socket.io-client", () => ({
  io: (_: string, options: { auth: FakeSocket["auth"] }) => {
    socket = new FakeSocket();
    socket.auth = options.auth;
    return socket;
  },
}));

const me = { id: "a1", name: "Ana", email: "a@x.cl", role: "agent", tenant: "valle-claro" } as const;
const log_in = (token: string) => startSession({ token, expiresAt: Date.now() + 3_600_000, me });
const event = (id: string) => ({ id, type: "munbot.message.stored.v1", time: "2026-11-21T15:00:00Z", subject: "x", data: {} });

describe("the live connection", () => {
  beforeEach(() => log_in("first"));
  afterEach(() => endSession("left"));

  it("asks everything anew when it comes back, not when it first opens", () => {
    const onReturn = vi.fn();
    const link = new StaffLink(onReturn);
    socket.open();
    expect(onReturn).not.toHaveBeenCalled();
    socket.hear("disconnect", "transport close");
    expect(link.state).toBe("lost");
    socket.open();
    expect(onReturn).toHaveBeenCalledOnce();
    expect(link.state).toBe("open");
  });

  it("says again which conversation is open here", () => {
    const link = new StaffLink(() => undefined);
    link.view("c1");
    socket.open();
    expect(socket.sent).toContainEqual(["view", { conversation_id: "c1" }]);
  });

  it("passes an event on once, and nothing of another shape", () => {
    const heard = vi.fn();
    new StaffLink(() => undefined).onEvent(heard);
    socket.open();
    socket.hear("event", event("e1"));
    socket.hear("event", event("e1"));
    socket.hear("event", { type: 7 });
    expect(heard).toHaveBeenCalledOnce();
  });

  it("goes on under a newer token", () => {
    new StaffLink(() => undefined);
    socket.open();
    log_in("second");
    expect(socket.sent).toContainEqual(["renew", { token: "second" }]);
  });

  it("ends the session when the gateway says that its token is over", () => {
    new StaffLink(() => undefined);
    socket.open();
    socket.hear("session_over", { code: "token_invalid" });
    expect(getSession()).toBeNull();
    expect(endReason()).toBe("expired");
  });

  it("comes back instead, when there is a newer one", () => {
    new StaffLink(() => undefined);
    socket.open();
    socket.connected = false;
    log_in("second");
    socket.hear("session_over", { code: "token_invalid" });
    expect(getSession()?.token).toBe("second");
    expect(socket.connect).toHaveBeenCalled();
  });
});

import { io, type Socket } from "socket.io-client";
import { endSession, getSession, onSession } from "../session/store";
import { type PlatformEvent, PlatformEventSchema, type Presence, PresenceSchema } from "./protocol";

export type LinkState = "connecting" | "open" | "lost";
type Listeners<T> = Set<(value: T) => void>;

/** How many event ids are remembered: the broker may bring one twice. */
const REMEMBERED = 500;

/** The live connection of one session. It finds its way back by itself; what was missed is asked anew by its owner. */
export class StaffLink {
  private readonly socket: Socket;
  private readonly events: Listeners<PlatformEvent> = new Set();
  private readonly presences: Listeners<Presence> = new Set();
  private readonly states: Set<() => void> = new Set();
  private readonly seen = new Set<string>();
  private viewed: string | null = null;
  private tokenInUse: string | null = null;
  private wasOpen = false;
  private readonly stopRenewing: () => void;
  state: LinkState = "connecting";

  constructor(private readonly onReturn: () => void) {
    this.socket = io("/staff", {
      path: "/socket.io/",
      transports: ["websocket", "polling"],
      reconnectionDelay: 500,
      reconnectionDelayMax: 5000,
      auth: (give) => {
        this.tokenInUse = getSession()?.token ?? null;
        give({ token: this.tokenInUse });
      },
    });
    this.socket.on("connect", () => this.opened());
    this.socket.on("disconnect", (reason) => this.dropped(reason));
    this.socket.on("connect_error", (error: Error & { data?: { code?: string } }) => this.refused(error.data?.code));
    this.socket.on("session_over", () => this.sessionOver());
    this.stopRenewing = onSession(() => this.renew());
    this.socket.on("event", (raw: unknown) => this.heard(raw));
    this.socket.on("presence", (raw: unknown) => {
      const presence = PresenceSchema.safeParse(raw);
      if (presence.success) for (const listener of this.presences) listener(presence.data);
    });
  }

  close(): void {
    this.stopRenewing();
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  /** Tell the others which conversation is open here; null for none. */
  view(conversationId: string | null): void {
    this.viewed = conversationId;
    if (this.socket.connected) this.socket.emit("view", { conversation_id: conversationId });
  }

  typing(on: boolean): void {
    if (this.socket.connected) this.socket.volatile.emit("typing", { on });
  }

  onEvent(listener: (event: PlatformEvent) => void): () => void {
    this.events.add(listener);
    return () => this.events.delete(listener);
  }

  onPresence(listener: (presence: Presence) => void): () => void {
    this.presences.add(listener);
    return () => this.presences.delete(listener);
  }

  onState = (listener: () => void): (() => void) => {
    this.states.add(listener);
    return () => this.states.delete(listener);
  };

  private opened(): void {
    if (this.viewed) this.socket.emit("view", { conversation_id: this.viewed });
    this.setState("open");
    if (this.wasOpen) this.onReturn();
    this.wasOpen = true;
  }

  private dropped(reason: string): void {
    this.setState("lost");
    if (reason === "io server disconnect") this.again();
  }

  private refused(code: string | undefined): void {
    this.setState("lost");
    if (code === "token_invalid") {
      this.sessionOver();
      return;
    }
    // The gateway refused the log-in itself: Socket.IO then stops trying.
    if (!this.socket.active) this.again();
  }

  /** The session has a newer token: the connection goes on under it. */
  private renew(): void {
    const token = getSession()?.token;
    if (!token || token === this.tokenInUse || !this.socket.connected) return;
    this.tokenInUse = token;
    this.socket.emit("renew", { token });
  }

  /** The gateway says that the token in use is over. A newer one may be at hand. */
  private sessionOver(): void {
    const session = getSession();
    if (session && session.token !== this.tokenInUse && session.expiresAt > Date.now()) {
      this.socket.disconnect().connect();
    } else {
      endSession("expired");
    }
  }

  private again(): void {
    window.setTimeout(() => {
      if (getSession() && !this.socket.connected) this.socket.connect();
    }, 2000);
  }

  private heard(raw: unknown): void {
    const parsed = PlatformEventSchema.safeParse(raw);
    if (!parsed.success || this.seen.has(parsed.data.id)) return;
    this.seen.add(parsed.data.id);
    if (this.seen.size > REMEMBERED) this.seen.delete(this.seen.values().next().value!);
    for (const listener of this.events) listener(parsed.data);
  }

  private setState(state: LinkState): void {
    if (state === this.state) return;
    this.state = state;
    for (const listener of this.states) listener();
  }
}

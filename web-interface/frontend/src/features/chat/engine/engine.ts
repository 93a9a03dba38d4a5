/** The chat without a face: session, connection, timeline and send queue. React only draws its snapshots. */
import type { Gateway } from "./gateway";
import { randomId } from "./ids";
import type { Thumb } from "./protocol";
import { Ratings } from "./ratings";
import { SendQueue } from "./sendQueue";
import { HISTORY, type ChatStorage, type Pending } from "./storage";
import {
  lastSeq,
  without,
  withAccepted,
  withBotMessage,
  withDraft,
  withFeedback,
  withRefused,
  withUserMessage,
  type Timeline,
} from "./timeline";
import type { Transport, TransportFactory } from "./transport";

export type Connection = "idle" | "connecting" | "online" | "offline";

export interface Snapshot {
  timeline: Timeline;
  connection: Connection;
  typing: boolean;
  unread: number;
  /** The last session could not be continued: an older conversation has ended. */
  restarted: boolean;
}

export interface EngineOptions {
  tenant: string;
  server: string;
  gateway: Gateway;
  storage: ChatStorage;
  transport: TransportFactory;
  now?: () => number;
}

/** Without news for this long the sign goes, whatever became of the answer. */
const TYPING_LIMIT_MS = 45_000;
const SESSION_RETRY_MS = 3_000;

export class ChatEngine {
  private snapshot: Snapshot;
  private readonly listeners = new Set<() => void>();
  private readonly queue: SendQueue;
  private readonly ratings: Ratings;
  private readonly files = new Map<string, Promise<Blob>>();
  private readonly now: () => number;
  private transport: Transport | null = null;
  private token: string | null;
  private sessionKey: string;
  private conversationId: string | null;
  private opening: Promise<void> | null = null;
  private visible = false;
  private typingTimer: ReturnType<typeof setTimeout> | null = null;
  private reopenTimer: ReturnType<typeof setTimeout> | null = null;
  private closed = false;

  constructor(private readonly options: EngineOptions) {
    this.now = options.now ?? Date.now;
    const kept = options.storage.session();
    this.sessionKey = kept?.sessionKey ?? randomId();
    this.token = kept?.token ?? null;
    this.conversationId = kept?.conversationId ?? null;
    const pending = options.storage.pending();
    this.snapshot = {
      timeline: pending.reduce<Timeline>(
        (list, item) => withDraft(list, { clientId: item.clientId, text: item.text, at: item.at }),
        [],
      ),
      connection: "idle",
      typing: false,
      unread: 0,
      restarted: false,
    };
    this.queue = new SendQueue({
      initial: pending,
      keep: (list) => options.storage.keepPending(list),
      transmit: (item) => this.transport?.send(item) ?? Promise.resolve(null),
      onAccepted: (item, id) =>
        this.update({ timeline: withAccepted(this.snapshot.timeline, item.clientId, id) }),
      onRefused: (item, _code, detail) =>
        this.update({ timeline: withRefused(this.snapshot.timeline, item.clientId, detail) }),
      onUnauthorised: () => this.renew(),
    });
    this.ratings = new Ratings({
      initial: options.storage.ratings(),
      keep: (waiting) => options.storage.keepRatings(waiting),
      transmit: (id, value) => this.transport?.rate(id, value) ?? Promise.resolve(null),
      onRefused: (id) => this.update({ timeline: withFeedback(this.snapshot.timeline, id, null) }),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.snapshot;

  /** Whether this browser has talked before, so that it is worth connecting without being asked. */
  get hasHistory(): boolean {
    return this.token !== null || this.queue.size > 0;
  }

  /** Connect, with the kept session or a new one. Calling it again does nothing. */
  start(): void {
    if (this.closed || this.transport || this.opening) return;
    this.update({ connection: "connecting" });
    if (this.token) this.connect();
    else this.renew();
  }

  /** Send what the citizen wrote or pressed. It is shown at once and leaves when there is a connection. */
  send(text: string, payload: string | null = null): void {
    const pending: Pending = { clientId: randomId(), text, payload, at: this.now() };
    this.update({ timeline: withDraft(this.snapshot.timeline, pending) });
    this.queue.add(pending);
    this.start();
  }

  /** Say whether an answer was of use. It is shown at once and told when there is a connection. */
  rate(messageId: string, value: Thumb): void {
    this.update({ timeline: withFeedback(this.snapshot.timeline, messageId, value) });
    this.ratings.add(messageId, value);
  }

  /** Fetch the file of a bubble, with a fresh token when the kept one has run out. This page keeps it, unless `anew`. */
  file(messageId: string, anew = false): Promise<Blob> {
    const kept = anew ? undefined : this.files.get(messageId);
    if (kept) return kept;
    const fetched = this.fetchFile(messageId);
    this.files.set(messageId, fetched);
    fetched.catch(() => this.files.delete(messageId));
    return fetched;
  }

  /** Take a refused message out of the list and give its text back. */
  takeBack(clientId: string): string {
    const message = this.snapshot.timeline.find((known) => known.clientId === clientId);
    this.update({ timeline: without(this.snapshot.timeline, clientId) });
    return message?.text ?? "";
  }

  /** Tell whether the list is in view: what is in view is read. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.markSeen();
  }

  /** The browser noticed that the network went or came back. A WebSocket can take minutes to notice by itself. */
  setNetwork(up: boolean): void {
    if (!this.transport) return;
    if (up) {
      this.update({ connection: "connecting" });
      this.transport.connect();
    } else {
      this.transport.disconnect();
      this.wentOffline();
    }
  }

  close(): void {
    this.closed = true;
    this.queue.stop();
    this.ratings.stop();
    this.transport?.disconnect();
    if (this.typingTimer) clearTimeout(this.typingTimer);
    if (this.reopenTimer) clearTimeout(this.reopenTimer);
  }

  private async fetchFile(messageId: string): Promise<Blob> {
    const { gateway } = this.options;
    const first = this.token === null ? null : await gateway.file(this.token, messageId);
    if (first) return first;
    this.renew();
    await this.opening;
    const second = this.token === null ? null : await gateway.file(this.token, messageId);
    if (!second) throw new Error("file: no session");
    return second;
  }

  private connect(): void {
    const { storage, server } = this.options;
    this.transport ??= this.options.transport(
      server,
      () => ({ token: this.token ?? "", last_seq: this.resumeFrom() }),
      {
        onConnect: () => {
          this.update({ connection: "online" });
          this.queue.start();
          this.ratings.start();
        },
        onDisconnect: () => this.wentOffline(),
        onDenied: () => this.renew(),
        onSession: (id) => this.noteConversation(id),
        onFeedback: (id, value) => {
          this.ratings.heard(id, value);
          this.update({ timeline: withFeedback(this.snapshot.timeline, id, this.ratings.of(id)) });
        },
        onTyping: (on) => this.setTyping(on),
        onUserMessage: (message) => {
          this.update({ timeline: withUserMessage(this.snapshot.timeline, message) });
          if (message.seq) storage.keepLastSeq(Math.max(storage.lastSeq(), message.seq));
        },
        onBotMessage: (message) => {
          const feedback = this.ratings.of(message.id) ?? message.feedback;
          const timeline = withBotMessage(this.snapshot.timeline, { ...message, feedback });
          if ((message.turn_index ?? 0) + 1 >= (message.turn_count ?? 1)) this.setTyping(false);
          this.update({ timeline });
          storage.keepLastSeq(Math.max(storage.lastSeq(), message.seq));
          if (this.visible) this.markSeen();
          else this.countUnread();
        },
      },
    );
    this.transport.connect();
  }

  /** Get a token for this browser's session key: the same open conversation, or a new one when it has ended. */
  private renew(): void {
    if (this.opening || this.closed) return;
    this.opening = this.openSession().finally(() => {
      this.opening = null;
    });
  }

  private async openSession(): Promise<void> {
    try {
      const session = await this.options.gateway.openSession(this.options.tenant, this.sessionKey);
      if (this.closed) return;
      this.token = session.token;
      this.noteConversation(session.conversation_id);
      this.connect();
    } catch {
      if (this.closed) return;
      this.wentOffline();
      this.reopenTimer = setTimeout(() => this.renew(), SESSION_RETRY_MS);
    }
  }

  private noteConversation(id: string): void {
    const changed = this.conversationId !== null && this.conversationId !== id;
    this.conversationId = id;
    if (changed) {
      this.options.storage.forgetConversation();
      const drafts = this.snapshot.timeline.filter((message) => message.id === null);
      this.update({ timeline: drafts, restarted: true, unread: 0 });
    }
    this.options.storage.keepSession({
      sessionKey: this.sessionKey,
      token: this.token,
      conversationId: id,
    });
  }

  /** Where the server should go on: after what is on screen, or some way back when the screen is empty. */
  private resumeFrom(): number {
    const shown = lastSeq(this.snapshot.timeline);
    return shown > 0 ? shown : Math.max(0, this.options.storage.lastSeq() - HISTORY);
  }

  private wentOffline(): void {
    this.queue.stop();
    this.ratings.stop();
    this.setTyping(false);
    this.update({ connection: "offline" });
  }

  private setTyping(on: boolean): void {
    if (this.typingTimer) clearTimeout(this.typingTimer);
    this.typingTimer = on ? setTimeout(() => this.setTyping(false), TYPING_LIMIT_MS) : null;
    if (this.snapshot.typing !== on) this.update({ typing: on });
  }

  private markSeen(): void {
    this.options.storage.keepSeen(lastSeq(this.snapshot.timeline));
    if (this.snapshot.unread > 0) this.update({ unread: 0 });
  }

  private countUnread(): void {
    const seen = this.options.storage.seen();
    const unread = this.snapshot.timeline.filter(
      (message) => message.from !== "citizen" && message.order > seen,
    ).length;
    this.update({ unread });
  }

  private update(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    this.listeners.forEach((listener) => listener());
  }
}

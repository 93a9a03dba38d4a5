/** Messages on their way out: one at a time, in order, kept over a reload, repeated with the same id until the gateway answers. */
import type { Ack } from "./protocol";
import type { Pending } from "./storage";

/** Codes after which repeating the same message can never help. */
const PERMANENT = new Set([
  "message_empty",
  "message_too_long",
  "idempotency_key_reused",
  "payload_invalid",
  "invalid",
]);

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15_000;

export interface SendQueueOptions {
  /** Hand one message to the gateway. Null means that no answer came: nobody knows whether it arrived. */
  transmit: (pending: Pending) => Promise<Ack | null>;
  keep: (pending: readonly Pending[]) => void;
  onAccepted: (pending: Pending, messageId: string) => void;
  onRefused: (pending: Pending, code: string, detail: string) => void;
  /** The session is over: the queue stands still until `start` is called again. */
  onUnauthorised: () => void;
  initial?: readonly Pending[];
}

export class SendQueue {
  private queue: Pending[];
  private running = false;
  private busy = false;
  private retryMs = FIRST_RETRY_MS;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly options: SendQueueOptions) {
    this.queue = [...(options.initial ?? [])];
  }

  get size(): number {
    return this.queue.length;
  }

  add(pending: Pending): void {
    this.queue.push(pending);
    this.options.keep(this.queue);
    void this.pump();
  }

  /** Begin to send: there is a connection. */
  start(): void {
    this.running = true;
    this.retryMs = FIRST_RETRY_MS;
    this.clearTimer();
    void this.pump();
  }

  /** Stand still: the connection is gone. Nothing is lost, what was in flight is sent again with the same id. */
  stop(): void {
    this.running = false;
    this.clearTimer();
  }

  private async pump(): Promise<void> {
    if (!this.running || this.busy || this.timer !== null) return;
    const next = this.queue[0];
    if (!next) return;
    this.busy = true;
    let ack: Ack | null = null;
    try {
      ack = await this.options.transmit(next);
    } finally {
      this.busy = false;
    }
    this.settle(next, ack);
  }

  private settle(pending: Pending, ack: Ack | null): void {
    if (ack?.ok) {
      this.drop(pending);
      this.options.onAccepted(pending, ack.message_id);
    } else if (ack && PERMANENT.has(ack.error.code)) {
      this.drop(pending);
      this.options.onRefused(pending, ack.error.code, ack.error.detail);
    } else if (ack?.error.code === "token_invalid") {
      this.stop();
      this.options.onUnauthorised();
      return;
    } else {
      this.later(ack?.error.retry_after ? ack.error.retry_after * 1_000 : null);
      return;
    }
    this.retryMs = FIRST_RETRY_MS;
    void this.pump();
  }

  private drop(pending: Pending): void {
    this.queue = this.queue.filter((other) => other.clientId !== pending.clientId);
    this.options.keep(this.queue);
  }

  private later(askedMs: number | null): void {
    if (!this.running) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.pump();
    }, askedMs ?? this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

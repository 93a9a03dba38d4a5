/** What the citizen says of answers, on its way to the office: the last word on each message, kept over a reload. */
import type { Ack, Thumb } from "./protocol";

/** Codes after which the office will never take this rating. */
const PERMANENT = new Set(["not_found", "conflict", "invalid"]);
const RETRY_MS = 3_000;

export interface RatingsOptions {
  initial: Readonly<Record<string, Thumb>>;
  keep: (waiting: Readonly<Record<string, Thumb>>) => void;
  /** Hand one to the gateway. Null means that no answer came. */
  transmit: (messageId: string, value: Thumb) => Promise<Ack | null>;
  onRefused: (messageId: string) => void;
}

export class Ratings {
  private readonly waiting: Map<string, Thumb>;
  /** What was said on this page: newer than a history that was read before it was stored. */
  private readonly said: Map<string, Thumb>;
  private running = false;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly options: RatingsOptions) {
    this.waiting = new Map(Object.entries(options.initial));
    this.said = new Map(this.waiting);
  }

  /** What was said of a message here, if anything. */
  of(messageId: string): Thumb | null {
    return this.said.get(messageId) ?? null;
  }

  /** Note what was said in another tab. */
  heard(messageId: string, value: Thumb): void {
    if (!this.waiting.has(messageId)) this.said.set(messageId, value);
  }

  add(messageId: string, value: Thumb): void {
    this.waiting.set(messageId, value);
    this.said.set(messageId, value);
    this.options.keep(Object.fromEntries(this.waiting));
    void this.pump();
  }

  /** Begin to send: there is a connection. */
  start(): void {
    this.running = true;
    this.clearTimer();
    void this.pump();
  }

  /** Stand still. What was in flight is sent again: saying it twice changes nothing. */
  stop(): void {
    this.running = false;
    this.clearTimer();
  }

  private async pump(): Promise<void> {
    const next = this.waiting.entries().next();
    if (!this.running || this.busy || this.timer !== null || next.done) return;
    const [messageId, value] = next.value;
    this.busy = true;
    let ack: Ack | null = null;
    try {
      ack = await this.options.transmit(messageId, value);
    } finally {
      this.busy = false;
    }
    const refused = ack !== null && !ack.ok && PERMANENT.has(ack.error.code);
    if (!ack?.ok && !refused) {
      this.later();
      return;
    }
    // They may have changed their mind meanwhile: then the newer word goes next.
    if (this.waiting.get(messageId) === value) {
      this.waiting.delete(messageId);
      this.options.keep(Object.fromEntries(this.waiting));
      if (refused) {
        this.said.delete(messageId);
        this.options.onRefused(messageId);
      }
    }
    void this.pump();
  }

  private later(): void {
    if (!this.running) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.pump();
    }, RETRY_MS);
  }

  private clearTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

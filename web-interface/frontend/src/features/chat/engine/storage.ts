/** What survives a reload, per tenant and browser. Everything read back is parsed; a broken or blocked store means "nothing kept". */
import * as z from "zod/mini";
import { ThumbSchema, type Thumb } from "./protocol";

const StoredSessionSchema = z.object({
  sessionKey: z.string(),
  token: z.nullable(z.string()),
  conversationId: z.nullable(z.string()),
});

const PendingSchema = z.object({
  clientId: z.string(),
  text: z.string(),
  payload: z.nullable(z.string()),
  at: z.number(),
});

export type StoredSession = z.infer<typeof StoredSessionSchema>;
export type Pending = z.infer<typeof PendingSchema>;

/** Newest messages asked for again after a reload: enough to read back, small enough to draw at once. */
export const HISTORY = 60;

export class ChatStorage {
  private readonly prefix: string;

  constructor(
    tenant: string,
    private readonly store: Storage | null,
  ) {
    this.prefix = `munbot:${tenant}:`;
  }

  session(): StoredSession | null {
    return this.read("session", StoredSessionSchema);
  }

  keepSession(session: StoredSession): void {
    this.write("session", session);
  }

  pending(): Pending[] {
    return this.read("outbox", z.array(PendingSchema)) ?? [];
  }

  keepPending(pending: readonly Pending[]): void {
    this.write("outbox", pending);
  }

  /** Ratings that have not reached the office yet, by message. */
  ratings(): Record<string, Thumb> {
    return this.read("ratings", z.record(z.string(), ThumbSchema)) ?? {};
  }

  keepRatings(ratings: Readonly<Record<string, Thumb>>): void {
    this.write("ratings", ratings);
  }

  /** Highest seq that the citizen has had in view. */
  seen(): number {
    return this.read("seen", z.number()) ?? 0;
  }

  keepSeen(seq: number): void {
    this.write("seen", seq);
  }

  /** Highest seq received, in view or not: where a reconnection goes on from. */
  lastSeq(): number {
    return this.read("last_seq", z.number()) ?? 0;
  }

  keepLastSeq(seq: number): void {
    this.write("last_seq", seq);
  }

  draft(): string {
    return this.read("draft", z.string()) ?? "";
  }

  keepDraft(text: string): void {
    this.write("draft", text);
  }

  forgetConversation(): void {
    this.keepSeen(0);
    this.keepLastSeq(0);
  }

  private read<T>(name: string, schema: z.ZodMiniType<T>): T | null {
    try {
      const text = this.store?.getItem(this.prefix + name);
      if (!text) return null;
      const parsed = schema.safeParse(JSON.parse(text));
      return parsed.success ? parsed.data : null;
    } catch {
      return null;
    }
  }

  private write(name: string, value: unknown): void {
    try {
      this.store?.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // A full or forbidden store only costs the resume after a reload.
    }
  }
}

/** The page's local storage, or null where the browser forbids it. */
export function browserStore(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

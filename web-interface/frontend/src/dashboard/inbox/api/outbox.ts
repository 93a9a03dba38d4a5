/** What the official wrote and the platform has not yet confirmed.
 *
 * One line of entries for each conversation, sent in order. Each carries its Idempotency-Key, so that sending again after
 * a lost answer makes no second message. Texts outlive a reload of the tab (sessionStorage); files do not.
 */
import { ApiError } from "@/shared/api/problem";
import { getSession } from "../../session/store";
import type { Message } from "./queries";

export type Pending = {
  key: string;
  conversationId: string;
  text: string;
  file: File | null;
  at: string;
  /** sending: on its way · waiting: nobody answered, it goes again by itself · refused: the service said no. */
  state: "sending" | "waiting" | "refused";
  error: unknown;
};

export type Sender = (entry: Pending) => Promise<Message>;

const AGAIN_MS = 3000;

export class Outbox {
  private entries: readonly Pending[];
  private readonly listeners = new Set<() => void>();
  private readonly busy = new Set<string>();
  private readonly timers = new Set<number>();

  constructor(
    private readonly owner: string,
    private readonly send: Sender,
    private readonly onSent: (message: Message, entry: Pending) => void,
    private readonly storage: Storage = window.sessionStorage,
  ) {
    this.entries = this.load();
    for (const id of new Set(this.entries.map((entry) => entry.conversationId))) void this.run(id);
  }

  read = (): readonly Pending[] => this.entries;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(conversationId: string, text: string, file: File | null = null): void {
    const key = window.crypto.randomUUID();
    const at = new Date().toISOString();
    this.change([...this.entries, { key, conversationId, text, file, at, state: "sending", error: null }]);
    void this.run(conversationId);
  }

  /** Send a refused entry again, or one that waits at once. */
  again(key: string): void {
    const entry = this.find(key);
    if (!entry) return;
    this.set(key, { state: "sending", error: null });
    void this.run(entry.conversationId);
  }

  drop(key: string): void {
    const entry = this.find(key);
    this.change(this.entries.filter((other) => other.key !== key));
    if (entry) void this.run(entry.conversationId);
  }

  /** Take out the files that the service refused for what they are, with their words: no second try would mend them. */
  takeBackFiles(conversationId: string): Pending[] {
    const refused = this.entries.filter((entry) => entry.conversationId === conversationId && isBadFile(entry));
    if (refused.length > 0) this.change(this.entries.filter((entry) => !refused.includes(entry)));
    return refused;
  }

  /** Send what waits, as after the connection came back. */
  wake(): void {
    for (const id of new Set(this.entries.map((entry) => entry.conversationId))) void this.run(id);
  }

  close(): void {
    for (const timer of this.timers) window.clearTimeout(timer);
    this.listeners.clear();
  }

  private async run(conversationId: string): Promise<void> {
    if (this.busy.has(conversationId)) return;
    this.busy.add(conversationId);
    try {
      for (let entry = this.next(conversationId); entry; entry = this.next(conversationId)) {
        if (!(await this.attempt(entry))) break;
      }
    } finally {
      this.busy.delete(conversationId);
    }
  }

  /** The first that is not refused: what comes after it waits for it. */
  private next(conversationId: string): Pending | undefined {
    return this.entries.find((entry) => entry.conversationId === conversationId && entry.state !== "refused");
  }

  private async attempt(entry: Pending): Promise<boolean> {
    this.set(entry.key, { state: "sending" });
    try {
      const message = await this.send(entry);
      this.onSent(message, entry);
      this.change(this.entries.filter((other) => other.key !== entry.key));
      return true;
    } catch (error) {
      if (isRefusal(error)) {
        this.set(entry.key, { state: "refused", error });
        return true;
      }
      this.set(entry.key, { state: "waiting", error });
      this.later(entry.conversationId);
      return false;
    }
  }

  private later(conversationId: string): void {
    const timer = window.setTimeout(() => {
      this.timers.delete(timer);
      if (getSession()?.me.id === this.owner) void this.run(conversationId);
    }, AGAIN_MS);
    this.timers.add(timer);
  }

  private find(key: string): Pending | undefined {
    return this.entries.find((entry) => entry.key === key);
  }

  private set(key: string, change: Partial<Pending>): void {
    this.change(this.entries.map((entry) => (entry.key === key ? { ...entry, ...change } : entry)));
  }

  private change(entries: readonly Pending[]): void {
    this.entries = entries;
    this.keep();
    for (const listener of this.listeners) listener();
  }

  private get storageKey(): string {
    return `munbot.panel.outbox.${this.owner}`;
  }

  private keep(): void {
    try {
      const texts = this.entries.filter((entry) => !entry.file).map((entry) => ({ ...entry, error: null }));
      if (texts.length > 0) this.storage.setItem(this.storageKey, JSON.stringify(texts));
      else this.storage.removeItem(this.storageKey);
    } catch {
      // A full or forbidden storage: the entries live as long as the page.
    }
  }

  private load(): Pending[] {
    try {
      const kept = JSON.parse(this.storage.getItem(this.storageKey) ?? "[]") as Pending[];
      return kept.map((entry) => ({ ...entry, file: null, error: null }));
    } catch {
      return [];
    }
  }
}

/** A service that said no will say no again; one that did not answer, or is too busy, may yet say yes. */
export function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status);
}

/** Too large, of a type that is not sent, or not a file that can be read. */
function isBadFile({ file, state, error }: Pending): boolean {
  return file !== null && state === "refused" && error instanceof ApiError && [413, 415, 422].includes(error.status);
}

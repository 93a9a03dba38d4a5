import type { QueryClient, QueryKey } from "@tanstack/react-query";

const FIRST_MS = 30;
const NEXT_MS = 400;

/** Asks queries anew, bundled: a burst of events is one request of each kind, the first one soon after the event. */
export class Refresher {
  private readonly waiting = new Map<string, QueryKey>();
  private timer: number | undefined;
  private lastRun = 0;

  constructor(private readonly client: QueryClient) {}

  ask(keys: readonly QueryKey[]): void {
    for (const key of keys) this.waiting.set(JSON.stringify(key), key);
    if (this.timer !== undefined || this.waiting.size === 0) return;
    const sinceLast = Date.now() - this.lastRun;
    this.timer = window.setTimeout(() => this.run(), Math.max(FIRST_MS, NEXT_MS - sinceLast));
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  private run(): void {
    this.timer = undefined;
    this.lastRun = Date.now();
    const keys = [...this.waiting.values()];
    this.waiting.clear();
    for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
  }
}

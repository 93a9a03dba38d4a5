import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refresher } from "@/dashboard/live/refresher";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("asking anew after events", () => {
  it("bundles a burst, asks each query once, and comes back to it afterwards", async () => {
    const client = new QueryClient();
    const asked = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
    const refresher = new Refresher(client);
    for (let index = 0; index < 50; index++) refresher.ask([["inbox", "list"], ["inbox", "messages", "c1"]]);
    await vi.advanceTimersByTimeAsync(50);
    expect(asked.mock.calls.map(([filters]) => filters?.queryKey)).toEqual([
      ["inbox", "list"],
      ["inbox", "messages", "c1"],
    ]);
    refresher.ask([["inbox", "list"]]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toHaveBeenCalledTimes(3);
  });

  it("asks nothing once it is stopped", async () => {
    const client = new QueryClient();
    const asked = vi.spyOn(client, "invalidateQueries").mockResolvedValue();
    const refresher = new Refresher(client);
    refresher.ask([["inbox"]]);
    refresher.stop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).not.toHaveBeenCalled();
  });
});

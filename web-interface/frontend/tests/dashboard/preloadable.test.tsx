import { act, cleanup, render, screen } from "@testing-library/react";
import { Suspense, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { preloadable } from "@/dashboard/shell/preloadable";
import { PAGES, preloadPage } from "@/dashboard/shell/routes";

function Counter() {
  const [count, setCount] = useState(0);
  return <button onClick={() => setCount(count + 1)}>{`page ${count}`}</button>;
}
const load = () => Promise.resolve({ default: Counter });
const shown = () => document.body.textContent;

afterEach(cleanup);

describe("a page that can be fetched before it is shown", () => {
  it("is there at once after that, without the grey lines", async () => {
    const Page = preloadable(load);
    await Page.preload();
    render(<Suspense fallback="…"><Page /></Suspense>);
    expect(shown()).toBe("page 0");
  });

  it("is fetched when it is shown otherwise, and is the same one when somebody fetches it then", async () => {
    const Page = preloadable(load);
    const tree = () => <Suspense fallback="…"><Page /></Suspense>;
    const { rerender } = render(tree());
    expect(shown()).toBe("…");
    await screen.findByText("page 0");
    act(() => screen.getByRole("button").click());
    await Page.preload();
    rerender(tree());
    expect(shown()).toBe("page 1");
  });
});

describe("the page of an address", () => {
  it.each([
    ["/panel/cifras", "numbers"],
    ["/panel/reclamos/VC-2026-000001", "complaints"],
    ["/panel", "inbox"],
    ["/panel/ingresar", "inbox"],
  ])("%s is %s", async (address, id) => {
    const asked = PAGES.map(({ id: page, Component }) => ({ page, preload: vi.spyOn(Component, "preload").mockResolvedValue() }));
    await preloadPage(address);
    expect(asked.filter(({ preload }) => preload.mock.calls.length > 0).map(({ page }) => page)).toEqual([id]);
    vi.restoreAllMocks();
  });

  it("does not keep the panel away when its code is", async () => {
    const preload = vi.spyOn(PAGES[0]!.Component, "preload").mockRejectedValue(new Error("away"));
    await expect(preloadPage("/panel")).resolves.toBeUndefined();
    preload.mockRestore();
  });
});

import { beforeEach, expect, test, vi } from "vitest";

const open = vi.fn();
let script: Element;

/** The module anew, with a page that has one button for the chat. */
async function page() {
  vi.resetModules();
  const button = document.createElement("button");
  button.dataset.munbotOpen = "Quiero pedir una hora";
  button.append(document.createElement("span"));
  document.body.replaceChildren(button);
  const { loadWidget, openChat } = await import("@/shared/ui/munbot");
  // The script is kept aside: the tests say when it arrives.
  vi.spyOn(document.body, "append").mockImplementation((node) => {
    script = node as Element;
  });
  loadWidget("valle-claro");
  return { openChat, press: () => document.querySelector("span")?.click() };
}

function arrive() {
  window.Munbot = { open };
  script.dispatchEvent(new Event("load"));
}

beforeEach(() => {
  open.mockReset();
  delete window.Munbot;
  vi.restoreAllMocks();
});

test("a button pressed before the widget has arrived opens it when it does", async () => {
  const { press } = await page();
  press();
  expect(open).not.toHaveBeenCalled();
  arrive();
  expect(open).toHaveBeenCalledExactlyOnceWith("Quiero pedir una hora");
});

test("words sent before the widget has arrived are said when it does", async () => {
  const { openChat } = await page();
  expect(openChat("necesito una hora")).toBe(true);
  arrive();
  expect(open).toHaveBeenCalledExactlyOnceWith("necesito una hora");
});

test("once it is there, the widget hears its buttons itself", async () => {
  const { press, openChat } = await page();
  arrive();
  press();
  expect(open).not.toHaveBeenCalled();
  expect(openChat("hola")).toBe(true);
  expect(open).toHaveBeenCalledExactlyOnceWith("hola");
});

test("a script that cannot be had is told to whoever asks", async () => {
  const { openChat } = await page();
  script.dispatchEvent(new Event("error"));
  expect(openChat("hola")).toBe(false);
});

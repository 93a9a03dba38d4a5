import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChatEngine } from "@/features/chat/engine/engine";
import { ChatStorage } from "@/features/chat/engine/storage";
import { PanelSwitch } from "@/features/chat/panelSwitch";
import { Widget } from "@/features/chat/Widget";
import { bubble, FakeGateway, FakeStore, FakeTransport } from "./fakes";

let socket: FakeTransport;
let engine: ChatEngine;
let storage: ChatStorage;

const field = () => screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Escriba su mensaje" });
const log = () => within(screen.getByRole("log"));
const settle = () => act(() => new Promise((done) => setTimeout(done, 0)));

async function open() {
  const loadTenant = () =>
    Promise.resolve({ id: "valle-claro", name: "Municipalidad de Valle Claro", greeting: "¡Hola! ¿En qué le ayudo?" });
  render(
    <Widget engine={engine} storage={storage} panel={new PanelSwitch(false)} locale="es-CL" loadTenant={loadTenant} />,
  );
  fireEvent.click(screen.getByRole("button", { name: "Abrir el chat" }));
  await settle();
}

beforeEach(() => {
  socket = new FakeTransport();
  storage = new ChatStorage("valle-claro", new FakeStore());
  engine = new ChatEngine({
    tenant: "valle-claro",
    server: "",
    gateway: new FakeGateway(),
    storage,
    transport: socket.factory,
  });
});

afterEach(() => {
  cleanup();
  engine.close();
});

describe("widget", () => {
  it("greets, takes the focus into the composer, and gives it back on Escape", async () => {
    await open();
    expect(log().getByText("¡Hola! ¿En qué le ayudo?")).toBeTruthy();
    expect(document.activeElement).toBe(field());
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Abrir el chat" }));
  });

  it("sends a starter's words and puts the starters away", async () => {
    await open();
    fireEvent.click(screen.getByRole("button", { name: "Pedir una hora" }));
    await settle();
    expect(socket.sent.map((pending) => [pending.text, pending.payload])).toEqual([["Pedir una hora", null]]);
    expect(screen.queryByRole("button", { name: "Hacer un reclamo" })).toBeNull();
  });

  it("sends on Enter, but neither on Shift+Enter, nor while composing, nor a blank text", async () => {
    await open();
    fireEvent.change(field(), { target: { value: "  " } });
    fireEvent.keyDown(field(), { key: "Enter" });
    fireEvent.change(field(), { target: { value: "hola" } });
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(engine.getSnapshot().timeline).toEqual([]);
    expect(storage.draft()).toBe("hola");
    fireEvent.keyDown(field(), { key: "Enter" });
    await settle();
    expect(socket.sent.map((pending) => pending.text)).toEqual(["hola"]);
    expect(field().value).toBe("");
    expect(storage.draft()).toBe("");
  });

  it("sends a pressed button's payload once", async () => {
    await open();
    act(() => socket.events.onBotMessage(bubble(1, { buttons: [{ title: "8:30", payload: "/inform" }] })));
    fireEvent.click(screen.getByRole("button", { name: "8:30" }));
    await settle();
    expect(screen.queryByRole("button", { name: "8:30" })).toBeNull();
    expect(socket.sent.map((pending) => [pending.text, pending.payload])).toEqual([["8:30", "/inform"]]);
  });

  it("keeps a text that is over the limit and says so", async () => {
    await open();
    fireEvent.change(field(), { target: { value: "a".repeat(4_002) } });
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(screen.getByText(/Sobran 2 caracteres/)).toBeTruthy();
    expect(field().value).toHaveLength(4_002);
    expect(socket.sent).toEqual([]);
  });

  it("gives a refused message back to the composer with its reason", async () => {
    await open();
    socket.answer = () => ({ ok: false, error: { code: "message_too_long", detail: "Es muy largo." } });
    fireEvent.change(field(), { target: { value: "mi mensaje" } });
    fireEvent.keyDown(field(), { key: "Enter" });
    await settle();
    expect(log().getByText(/Es muy largo/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Editar y reenviar" }));
    expect(field().value).toBe("mi mensaje");
    expect(log().queryByText("mi mensaje")).toBeNull();
  });

  it("shows HTML as text and names a person", async () => {
    await open();
    act(() => socket.events.onBotMessage(bubble(1, { text: "<b>hola</b>", sender_type: "agent" })));
    expect(log().getByText("<b>hola</b>")).toBeTruthy();
    expect(log().getByText("Funcionario/a")).toBeTruthy();
  });

  it("asks whether an answer was of use, and keeps the thumb pressed", async () => {
    await open();
    act(() => socket.events.onBotMessage(bubble(1, { answer: { id: "a1" } })));
    act(() => socket.events.onBotMessage(bubble(2)));
    const up = log().getByRole("button", { name: "Me sirvió" });
    const down = log().getByRole("button", { name: "No me sirvió" });
    fireEvent.click(up);
    expect([up, down].map((thumb) => thumb.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
    fireEvent.click(down);
    await settle();
    expect([up, down].map((thumb) => thumb.getAttribute("aria-pressed"))).toEqual(["false", "true"]);
    expect(socket.rated).toEqual([
      ["bubble-1", "up"],
      ["bubble-1", "down"],
    ]);
    expect(socket.sent).toEqual([]);
  });
});

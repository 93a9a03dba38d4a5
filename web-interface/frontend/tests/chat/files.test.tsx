import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatEngine } from "@/features/chat/engine/engine";
import type { BotMessage } from "@/features/chat/engine/protocol";
import { ChatStorage } from "@/features/chat/engine/storage";
import { lookOf, sizeOf, typeOf } from "@/features/chat/format/files";
import { PanelSwitch } from "@/features/chat/panelSwitch";
import { Widget } from "@/features/chat/Widget";
import { bubble, FakeGateway, FakeStore, FakeTransport } from "./fakes";

const PHOTO = { content_type: "image/png", size: 120_000, filename: "acera.png" };
const PDF = { content_type: "application/pdf", size: 1_540_000, filename: "permiso.pdf" };

let socket: FakeTransport;
let gateway: FakeGateway;
let engine: ChatEngine;
let alive: Set<string>;

const log = () => within(screen.getByRole("log"));
const settle = () => act(() => new Promise((done) => setTimeout(done, 0)));

async function shown(change: Partial<BotMessage>) {
  const storage = new ChatStorage("valle-claro", new FakeStore());
  engine = new ChatEngine({ tenant: "valle-claro", server: "", gateway, storage, transport: socket.factory });
  const loadTenant = () => Promise.resolve(null);
  render(
    <Widget engine={engine} storage={storage} panel={new PanelSwitch(true)} locale="es-CL" loadTenant={loadTenant} />,
  );
  await settle();
  act(() => socket.events.onBotMessage(bubble(1, { sender_type: "agent", ...change })));
  await settle();
}

beforeEach(() => {
  socket = new FakeTransport();
  gateway = new FakeGateway();
  alive = new Set();
  let made = 0;
  vi.spyOn(URL, "createObjectURL").mockImplementation(() => {
    made += 1;
    const url = `blob:file-${String(made)}`;
    alive.add(url);
    return url;
  });
  vi.spyOn(URL, "revokeObjectURL").mockImplementation((url) => void alive.delete(url));
});

afterEach(() => {
  cleanup();
  engine.close();
  vi.restoreAllMocks();
});

describe("a file in the widget", () => {
  it("shows a photo with what was said of it, and opens it larger", async () => {
    await shown({ text: "Así quedó la acera", media: PHOTO });
    const photo = log().getByRole<HTMLImageElement>("img", { name: "Así quedó la acera" });
    expect(photo.src).toBe("blob:file-1");
    expect(log().getByText("Así quedó la acera", { selector: "p" })).toBeTruthy();
    expect(gateway.asked).toEqual([["token-1", "bubble-1"]]);
    fireEvent.click(log().getByRole("button", { name: "Ver más grande: Así quedó la acera" }));
    const large = within(screen.getByRole("dialog", { name: "Así quedó la acera" }));
    expect(large.getByRole<HTMLAnchorElement>("link", { name: "Guardar acera.png" }).download).toBe("acera.png");
    fireEvent.keyDown(large.getByRole("button", { name: "Cerrar la foto" }), { key: "Escape" });
    expect(screen.getByRole("textbox", { name: "Escriba su mensaje" })).toBeTruthy();
    fireEvent.click(large.getByRole("button", { name: "Cerrar la foto" }));
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Así quedó la acera" })).toBeNull());
  });

  it("does not say the name of a file without words twice, and gives its address back", async () => {
    await shown({ text: "acera.png", media: PHOTO });
    expect(log().getByRole("img", { name: "Foto: acera.png" })).toBeTruthy();
    expect(log().queryByText("acera.png", { selector: "p" })).toBeNull();
    expect(alive.size).toBe(1);
    cleanup();
    expect(alive.size).toBe(0);
  });

  it("says what failed and tries again", async () => {
    gateway.giveFile = () => Promise.reject(new Error("file: 503"));
    await shown({ media: PHOTO });
    expect(log().getByRole("alert").textContent).toContain("No se pudo cargar acera.png.");
    gateway.giveFile = () => Promise.resolve(new Blob(["content"]));
    fireEvent.click(log().getByRole("button", { name: "Reintentar" }));
    await settle();
    expect(log().queryByRole("alert")).toBeNull();
    expect(log().getByRole("img", { name: "Respuesta 1" })).toBeTruthy();
  });

  it("asks anew for a photo whose content is broken", async () => {
    await shown({ media: PHOTO });
    fireEvent.error(log().getByRole("img"));
    fireEvent.click(log().getByRole("button", { name: "Reintentar" }));
    await settle();
    expect(gateway.asked).toHaveLength(2);
    expect(log().getByRole("img")).toBeTruthy();
  });

  it("shows that it is on its way", async () => {
    gateway.giveFile = () => new Promise(() => undefined);
    await shown({ media: PHOTO });
    expect(log().getByRole("status").textContent).toBe("Cargando acera.png…");
  });

  it("gets a fresh token once when the kept one has run out", async () => {
    const answers = [null, new Blob(["content"])];
    gateway.giveFile = () => Promise.resolve(answers.shift() ?? null);
    await shown({ media: PHOTO });
    expect(gateway.asked.map(([token]) => token)).toEqual(["token-1", "token-2"]);
    expect(log().getByRole("img")).toBeTruthy();
  });

  it("saves another file under its name, and only when asked", async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(`${this.download} ${this.href}`);
    });
    await shown({ text: "permiso.pdf", media: PDF });
    const button = log().getByRole("button", { name: "Guardar permiso.pdf PDF, 1,5 MB" });
    expect(gateway.asked).toEqual([]);
    fireEvent.click(button);
    await settle();
    expect(saved).toEqual(["permiso.pdf blob:file-1"]);
  });

  it("says when saving failed", async () => {
    gateway.giveFile = () => Promise.reject(new Error("file: 404"));
    await shown({ media: PDF });
    fireEvent.click(log().getByRole("button", { name: /permiso\.pdf/ }));
    await settle();
    expect(log().getByRole("alert").textContent).toContain("No se pudo cargar permiso.pdf.");
  });

  it("plays a sound", async () => {
    await shown({ text: "", media: { content_type: "audio/ogg", size: 9_000, filename: "nota.ogg" } });
    expect(log().getByLabelText<HTMLAudioElement>("nota.ogg").src).toBe("blob:file-1");
  });
});

describe("how a file is told", () => {
  it("shows only types that cannot act", () => {
    const looks = ["image/png", "image/svg+xml", "text/html", "audio/mpeg", "application/pdf"].map((content_type) =>
      lookOf({ content_type, size: 1 }),
    );
    expect(looks).toEqual(["photo", "document", "document", "sound", "document"]);
  });

  it("names type and size", () => {
    expect(typeOf(PDF)).toBe("PDF");
    expect(typeOf({ content_type: "application/pdf", size: 1 })).toBe("PDF");
    expect([0, 999, 250_400, 1_540_000].map((bytes) => sizeOf(bytes, "es-CL"))).toEqual([
      "1 kB",
      "1 kB",
      "250 kB",
      "1,5 MB",
    ]);
  });
});

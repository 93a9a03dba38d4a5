import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import SimulatorPage from "@/features/simulator/SimulatorPage";
import type { Entry, Faults } from "@/features/simulator/api/schemas";
import { entryOf } from "./entries";

const ANA = { number: "56911112222", name: "Ana", account: "valle-claro" };
const NORMAL: Faults = {
  duplicate: 1,
  duplicate_at_random: false,
  burst: false,
  shuffle: false,
  hold_ms: 2000,
  bad_signature: false,
  provider_down: false,
  slow_ms: 0,
  rate_limited: null,
  errors_once: [],
  window_closed: false,
};
const OFFICES = {
  items: [
    { slug: "valle-claro", tenant: "valle-claro", name: "Municipalidad de Valle Claro", phone: "+56222340001" },
    { slug: "punta-brava", tenant: "punta-brava", name: "Municipalidad de Punta Brava", phone: "+56222340002" },
  ],
};

type Call = { method: string; path: string; body: unknown };
let calls: Call[];
let faults: Faults;
let refuse: { path: string; answer: () => Response } | null;

class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2;
  static all: FakeEventSource[] = [];
  readyState = 1;
  onerror: (() => void) | null = null;
  onopen: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    FakeEventSource.all.push(this);
  }
  close() {
    this.readyState = FakeEventSource.CLOSED;
  }
  tell(messages: Entry[], id = "one:1") {
    act(() => {
      const data = JSON.stringify({ seq: 1, messages, typing: [] });
      this.dispatchEvent(new MessageEvent("changes", { data, lastEventId: id }));
    });
  }
}

function answer(path: string, init: RequestInit = {}): Response {
  const call = { method: init.method ?? "GET", path: path.replace("/simulator/api", ""), body: null as unknown };
  if (typeof init.body === "string") call.body = JSON.parse(init.body);
  calls.push(call);
  if (refuse && call.path.endsWith(refuse.path)) return refuse.answer();
  if (call.path === "/accounts") return Response.json(OFFICES);
  if (call.path === "/faults") {
    if (call.method === "PUT") faults = { ...NORMAL, ...(call.body as Partial<Faults>) };
    return Response.json(faults);
  }
  if (call.path.endsWith("/messages")) {
    const sent = call.body as { text?: string };
    return Response.json(entryOf({ id: "mine", position: 90, status: "sent", text: sent.text ?? "" }), { status: 201 });
  }
  return new Response(null, { status: 204 });
}

async function open() {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <SimulatorPage />
    </QueryClientProvider>,
  );
  const phone = await screen.findByRole("article", { name: "Teléfono de Ana" });
  await waitFor(() => expect(FakeEventSource.all).toHaveLength(1));
  return { phone: within(phone), stream: FakeEventSource.all[0]! };
}

const made = (method: string, path: string) => calls.filter((call) => call.method === method && call.path === path);

beforeEach(() => {
  [calls, faults, refuse] = [[], NORMAL, null];
  FakeEventSource.all = [];
  localStorage.setItem("munbot-simulator-phones", JSON.stringify([ANA]));
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => Promise.resolve(answer(path, init)));
  vi.stubGlobal("EventSource", FakeEventSource);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  localStorage.clear();
});

describe("the page of telephones", () => {
  it("makes its telephones and listens to them", async () => {
    const { stream } = await open();
    expect(made("PUT", "/phones/56911112222")[0]?.body).toEqual({ name: "Ana" });
    expect(stream.url).toBe("/simulator/api/events?phone=56911112222");
  });

  it("sends what is typed, with Enter, and shows it", async () => {
    const { phone } = await open();
    const field = phone.getByRole("textbox", { name: "Mensaje" });
    fireEvent.change(field, { target: { value: " hola " } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(await phone.findByText("hola")).toBeTruthy();
    expect((field as HTMLTextAreaElement).value).toBe("");
    const sent = { account: "valle-claro", type: "text", text: "hola" };
    expect(made("POST", "/phones/56911112222/messages").map((call) => call.body)).toEqual([sent]);
  });

  it("keeps what was not taken, and says why", async () => {
    const { phone } = await open();
    const body = { status: 429, code: "too_many_pending", detail: "Hay demasiados mensajes sin entregar" };
    refuse = { path: "/messages", answer: () => Response.json(body, { status: 429 }) };
    const field = phone.getByRole("textbox", { name: "Mensaje" });
    fireEvent.change(field, { target: { value: "hola" } });
    fireEvent.click(phone.getByRole("button", { name: "Enviar" }));
    expect((await phone.findByRole("alert")).textContent).toBe(body.detail);
    expect((field as HTMLTextAreaElement).value).toBe("hola");
  });

  it("presses a button once, and gives a read mark", async () => {
    const { phone, stream } = await open();
    const buttons = [{ id: "/yes", title: "Sí", description: "" }];
    stream.tell([entryOf({ id: "q", author: "office", text: "¿Confirma?", buttons })]);
    fireEvent.click(phone.getByRole("button", { name: "Sí" }));
    const pressed = { account: "valle-claro", type: "choice", message_id: "q", choice_id: "/yes" };
    await vi.waitFor(() => expect(made("POST", "/phones/56911112222/messages")[0]?.body).toEqual(pressed));
    expect(made("POST", "/phones/56911112222/read")[0]?.body).toEqual({ account: "valle-claro" });
    stream.tell([entryOf({ id: "c", position: 2, kind: "choice", text: "Sí", choice_id: "/yes", reply_to: "q" })]);
    expect(phone.getByRole<HTMLButtonElement>("button", { name: "Sí" }).disabled).toBe(true);
  });

  it("opens a list, closes it with Escape, and chooses a row", async () => {
    const { phone, stream } = await open();
    const rows = [
      { id: "1", title: "Lunes 9:15", description: "Oficina central" },
      { id: "2", title: "Lunes 10:15", description: "" },
    ];
    stream.tell([entryOf({ id: "l", author: "office", options: { button: "Ver horas", sections: [{ title: "", rows }] } })]);
    const opener = phone.getByRole("button", { name: "Ver horas" });
    opener.focus();
    fireEvent.click(opener);
    const sheet = phone.getByRole("dialog", { name: "Ver horas" });
    expect(document.activeElement?.textContent).toContain("Lunes 9:15");
    fireEvent.keyDown(sheet, { key: "Escape" });
    expect(phone.queryByRole("dialog")).toBeNull();
    expect(document.activeElement).toBe(opener);
    fireEvent.click(opener);
    fireEvent.click(phone.getByRole("button", { name: "Lunes 10:15" }));
    const chosen = { message_id: "l", choice_id: "2" };
    await vi.waitFor(() => expect(made("POST", "/phones/56911112222/messages")[0]?.body).toMatchObject(chosen));
  });

  it("says in words how far a message came", async () => {
    const { phone, stream } = await open();
    stream.tell([entryOf({ id: "m", text: "hola", status: "sent", undelivered: { attempts: 2, answer: "503" } })]);
    expect(phone.getByText("Enviado")).toBeTruthy();
    expect(phone.getByText(/aún no lo recibe \(503\)/)).toBeTruthy();
    stream.tell([entryOf({ id: "m", seq: 9, text: "hola", status: "read" })]);
    expect(phone.getByText("Leído")).toBeTruthy();
    expect(phone.queryByText(/aún no lo recibe/)).toBeNull();
  });

  it("sends no location that is nowhere", async () => {
    const { phone } = await open();
    fireEvent.click(phone.getByRole("button", { name: "Adjuntar" }));
    fireEvent.click(phone.getByRole("button", { name: "Ubicación" }));
    fireEvent.change(phone.getByLabelText("Latitud"), { target: { value: "91" } });
    fireEvent.click(phone.getByRole("button", { name: "Enviar" }));
    expect(phone.getByRole("alert").textContent).toContain("−90 a 90");
    fireEvent.change(phone.getByLabelText("Latitud"), { target: { value: "-53,16" } });
    fireEvent.change(phone.getByLabelText(/Dirección/), { target: { value: "Los Olmos 12" } });
    fireEvent.click(phone.getByRole("button", { name: "Enviar" }));
    const location = { latitude: -53.16, longitude: -70.65046, address: "Los Olmos 12" };
    await waitFor(() => expect(phone.queryByRole("dialog")).toBeNull());
    expect(made("POST", "/phones/56911112222/messages").map((call) => call.body)).toEqual([
      { account: "valle-claro", type: "location", location },
    ]);
  });

  it("forgets what a new simulator does not know, and makes its telephones again", async () => {
    const { phone, stream } = await open();
    stream.tell([entryOf({ text: "de antes" })]);
    expect(phone.getByText("de antes")).toBeTruthy();
    stream.tell([], "two:0");
    expect(phone.queryByText("de antes")).toBeNull();
    expect(made("PUT", "/phones/56911112222")).toHaveLength(2);
  });

  it("says when the simulator is lost", async () => {
    const { stream } = await open();
    act(() => stream.onerror?.());
    expect(screen.getByText(/Se perdió la conexión/)).toBeTruthy();
    act(() => stream.onopen?.());
    expect(screen.queryByText(/Se perdió la conexión/)).toBeNull();
  });

  it("opens a stream anew that has died without a word", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      const { stream } = await open();
      act(() => void vi.advanceTimersByTime(30_000));
      stream.tell([]);
      act(() => void vi.advanceTimersByTime(30_000));
      expect(FakeEventSource.all).toHaveLength(1);
      act(() => void vi.advanceTimersByTime(20_000));
      await waitFor(() => expect(FakeEventSource.all).toHaveLength(2));
      expect(stream.readyState).toBe(FakeEventSource.CLOSED);
    } finally {
      vi.useRealTimers();
    }
  });

  it("adds and removes telephones", async () => {
    await open();
    fireEvent.click(screen.getByRole("button", { name: "Agregar teléfono" }));
    expect(screen.getAllByRole("article")).toHaveLength(2);
    expect(JSON.parse(localStorage.getItem("munbot-simulator-phones") ?? "")).toHaveLength(2);
    fireEvent.click(screen.getByRole("button", { name: "Quitar el teléfono de Ana" }));
    expect(screen.queryByRole("article", { name: "Teléfono de Ana" })).toBeNull();
    expect(made("DELETE", "/phones/56911112222")).toHaveLength(1);
  });

  it("turns switches, counts them, and puts all back", async () => {
    await open();
    fireEvent.click(await screen.findByRole("switch", { name: "WhatsApp caído", hidden: true }));
    await screen.findByText("1 falla activa");
    fireEvent.change(screen.getByLabelText("Límite de envíos"), { target: { value: "131056" } });
    await screen.findByText("2 fallas activas");
    expect(faults).toMatchObject({ provider_down: true, rate_limited: 131056 });
    fireEvent.click(screen.getByRole("button", { name: "Dejar todo normal", hidden: true }));
    await screen.findByText("Todo funciona normalmente");
    expect(faults).toEqual(NORMAL);
  });

  it("says so when there is no simulator", async () => {
    refuse = { path: "/accounts", answer: () => new Response("Not found", { status: 404 }) };
    render(
      <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
        <SimulatorPage />
      </QueryClientProvider>,
    );
    expect((await screen.findByRole("alert")).textContent).toContain("El simulador no responde");
  });
});

import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { axe } from "vitest-axe";
import { createPanelQueryClient } from "@/dashboard/api/queryClient";
import HealthPage from "@/dashboard/health/HealthPage";
import { endSession, startSession } from "@/dashboard/session/store";
import { ToastProvider } from "@/dashboard/ui/Toast";

const BASE = "/api/operations/v1";

const services = {
  checked_at: "2026-11-20T15:00:00Z",
  items: [
    { name: "conversations", status: "ok", milliseconds: 12, checks: { database: "ok" } },
    { name: "scheduler", status: "away", milliseconds: 3000, checks: { connection: "ConnectError" } },
  ],
};
const queues = {
  items: [
    { name: "whatsapp.outbound", consumers: 0, ready: 7, in_work: 0, retrying: 2, dead: 1, lasting: true },
    { name: "web.outbound.abc", consumers: 1, ready: 0, in_work: 0, retrying: 0, dead: null, lasting: false },
  ],
};
const letter = (id: string, queue: string, more: object = {}) => ({
  id,
  queue,
  type: "munbot.message.outbound.v1",
  subject: "s",
  time: "2026-11-20T15:00:00Z",
  correlation_id: `ref-${id}`,
  reason: "TimeoutError",
  attempts: 10,
  size: 80,
  ...more,
});

type Posted = { path: string; body: { queue: string; ids: string[] } };
let letters: ReturnType<typeof letter>[];
let posted: Posted[];
let missing: string[];
let broken: string[];

async function answer(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(BASE, "");
  if (broken.includes(path)) {
    return Response.json({ status: 503, code: "broker_away", detail: "El sistema de mensajes no responde." }, { status: 503 });
  }
  if (request.method === "POST") {
    const body = (await request.json()) as Posted["body"];
    posted.push({ path, body });
    letters = letters.filter((one) => !body.ids.includes(one.id));
    const gone = body.ids.filter((id) => missing.includes(id));
    return Response.json({ done: body.ids.filter((id) => !missing.includes(id)), missing: gone });
  }
  if (path === "/services") return Response.json(services);
  if (path === "/queues") return Response.json(queues);
  if (path === "/dead-letters") return Response.json({ items: letters, complete: true });
  return Response.json({ id: "valle-claro", name: "Valle Claro", timezone: "America/Santiago" });
}

async function show() {
  const page = render(
    <QueryClientProvider client={createPanelQueryClient()}>
      <ToastProvider>
        <main>
          <HealthPage />
        </main>
      </ToastProvider>
    </QueryClientProvider>,
  );
  const patience = { timeout: 10_000 };
  await screen.findByText("Además, 1 cola temporal del chat web.", {}, patience);
  await screen.findByText("1 servicio necesita atención", {}, patience);
  if (broken.length === 0) await screen.findByText("Mensaje ilegible", {}, patience);
  return page;
}

beforeEach(() => {
  letters = [letter("uno", "whatsapp.outbound"), letter("dos", "conversations.jobs", { type: null, time: null, reason: "not a valid event" })];
  posted = [];
  missing = [];
  broken = [];
  vi.stubGlobal("fetch", (input: Request) => answer(new Request(input)));
  startSession({
    token: "t",
    expiresAt: Date.now() + 3_600_000,
    me: { id: "1", name: "Ana", email: "ana@valle-claro.demo", role: "admin", tenant: "valle-claro" },
  });
});
afterEach(() => {
  cleanup();
  endSession("left");
  vi.unstubAllGlobals();
});

const button = (name: string) => screen.getByRole("button", { name });
const choose = (name: RegExp) => fireEvent.click(screen.getByRole("checkbox", { name }));

describe("the page of health", { timeout: 30_000 }, () => {
  it("says which service is ill, first and in words", async () => {
    const { container } = await show();
    const region = screen.getByRole("region", { name: "Servicios" });
    expect(within(region).getByText("1 servicio necesita atención")).toBeTruthy();
    const [first] = within(region).getAllByRole("listitem");
    expect(first?.textContent).toContain("Agenda de horas");
    expect(first?.textContent).toContain("No responde");
    expect(first?.textContent).toContain("Falta: conexión");
    expect((await axe(container)).violations).toEqual([]);
  });

  it("counts the queues that last and says which nobody works on", async () => {
    await show();
    const region = screen.getByRole("region", { name: "Colas de trabajo" });
    const row = within(region).getByRole("row", { name: /mensajes por enviar/ });
    expect(within(row).getAllByRole("cell").map((cell) => cell.textContent)).toEqual(["Nadie la atiende", "7", "0", "2", "1"]);
    expect(within(region).getByText("Además, 1 cola temporal del chat web.")).toBeTruthy();
  });

  it("sends the chosen letters again, and no others", async () => {
    await show();
    expect(button("Reenviar")).toHaveProperty("disabled", true);
    choose(/Mensaje para un ciudadano/);
    fireEvent.click(button("Reenviar"));
    await screen.findByText("Se reenvió 1 mensaje");
    expect(posted).toEqual([{ path: "/dead-letters/replay", body: { queue: "whatsapp.outbound", ids: ["uno"] } }]);
    await waitFor(() => expect(screen.queryByText("Mensaje para un ciudadano")).toBeNull());
    expect(screen.getByText("Mensaje ilegible")).toBeTruthy();
  });

  it("discards only after it was confirmed, with a request for each queue", async () => {
    await show();
    choose(/Elegir todos/);
    fireEvent.click(button("Descartar"));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Se descartarán 2 mensajes");
    expect(posted).toEqual([]);
    missing = ["dos"];
    fireEvent.click(within(dialog).getByRole("button", { name: "Descartar" }));
    await screen.findByText("No hay mensajes fallidos");
    expect(posted.map(({ path, body }) => [path, body.queue, body.ids])).toEqual([
      ["/dead-letters/discard", "whatsapp.outbound", ["uno"]],
      ["/dead-letters/discard", "conversations.jobs", ["dos"]],
    ]);
    expect(screen.getByText("1 ya no estaba: otra persona lo atendió")).toBeTruthy();
  });

  it("shows the letters of one queue and chooses only what is shown", async () => {
    await show();
    fireEvent.change(screen.getByRole("combobox", { name: "Cola" }), { target: { value: "conversations.jobs" } });
    expect(screen.queryByText("Mensaje para un ciudadano")).toBeNull();
    choose(/Elegir todos/);
    fireEvent.click(button("Reenviar"));
    await waitFor(() => expect(posted).toHaveLength(1));
    expect(posted[0]?.body).toEqual({ queue: "conversations.jobs", ids: ["dos"] });
  });

  it("keeps the rest when one part does not answer", async () => {
    broken = ["/dead-letters"];
    await show();
    const region = screen.getByRole("region", { name: "Mensajes fallidos" });
    expect(await within(region).findByText("El sistema de mensajes no responde.", {}, { timeout: 15_000 })).toBeTruthy();
    expect(screen.getByText("1 servicio necesita atención")).toBeTruthy();
  });
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { AppointmentDialog } from "@/dashboard/agenda/AppointmentDialog";
import { BookingDialog } from "@/dashboard/agenda/BookingDialog";
import { DropDialog } from "@/dashboard/agenda/DropDialog";
import { ExceptionDialog } from "@/dashboard/scheduling/ExceptionDialog";
import { endSession, type Role, startSession } from "@/dashboard/session/store";
import { ToastProvider } from "@/dashboard/ui/Toast";
import { anAppointment } from "./appointments";

type Call = { method: string; path: string; headers: Headers; body: unknown };
const calls: Call[] = [];
const answers = new Map<string, Response[]>();

/** The next answer to `POST /v1/…`; the last one of several stays. */
function answer(call: string, status: number, body: unknown): void {
  answers.set(call, [...(answers.get(call) ?? []), new Response(JSON.stringify(body), { status })]);
}
const problem = (status: number, code: string, detail: string, more: object = {}) => ({ status, code, detail, ...more });

function logIn(role: Role): void {
  const me = { id: "1", name: "Rodrigo", email: "r@m.cl", role, tenant: "valle-claro" };
  startSession({ token: "secret", expiresAt: Date.now() + 3_600_000, me });
}

function show(children: ReactNode): void {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ToastProvider>{children}</ToastProvider>
    </QueryClientProvider>,
  );
}

const sent = (method: string) => calls.filter((call) => call.method === method);
const button = (name: string | RegExp) => screen.getByRole("button", { name });

beforeEach(() => {
  logIn("agent");
  vi.stubGlobal("fetch", async (input: Request | string) => {
    const request = input instanceof Request ? input : new Request(new URL(input, window.location.origin));
    const path = new URL(request.url).pathname.replace("/api/scheduler", "");
    const text = await request.text();
    calls.push({ method: request.method, path, headers: request.headers, body: text ? JSON.parse(text) : null });
    const queue = answers.get(`${request.method} ${path}`);
    const found = queue && (queue.length > 1 ? queue.shift() : queue[0]);
    return found ? found.clone() : new Response(JSON.stringify({ items: [] }), { status: 200 });
  });
});

afterEach(() => {
  cleanup();
  endSession("left");
  calls.length = 0;
  answers.clear();
  vi.unstubAllGlobals();
});

it("moves a dropped card to the moment that the office's clock shows, seen in the version that was shown", async () => {
  answer("POST /v1/appointments/a1/reschedule", 200, anAppointment({ when_text: "miércoles a las 9" }));
  const onClose = vi.fn();
  show(<DropDialog appointment={anAppointment({})} wall="2026-11-25T09:00:00" onRefused={vi.fn()} onClose={onClose} />);
  fireEvent.change(screen.getByLabelText("Motivo"), { target: { value: " El médico no viene " } });
  fireEvent.click(button("Mover"));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  const [move] = sent("POST");
  expect(move!.body).toEqual({ start: "2026-11-25T12:00:00.000Z", reason: "El médico no viene" });
  expect(move!.headers.get("If-Match")).toBe('"3"');
  expect(move!.headers.get("Authorization")).toBe("Bearer secret");
});

it("says why a move was refused, puts the card back and offers what is free", async () => {
  const path = "POST /v1/appointments/a1/reschedule";
  const alternatives = [{ start: "2026-11-25T09:30:00-03:00", office_id: "o1" }];
  answer(path, 409, problem(409, "slot_taken", "La hora ya no está disponible.", { alternatives }));
  answer(path, 200, anAppointment({}));
  const onRefused = vi.fn();
  const onClose = vi.fn();
  show(<DropDialog appointment={anAppointment({})} wall="2026-11-25T09:00:00" onRefused={onRefused} onClose={onClose} />);
  fireEvent.click(button("Mover"));
  expect((await screen.findByRole("alert")).textContent).toContain("La hora ya no está disponible.");
  expect(onRefused).toHaveBeenCalledOnce();
  expect(onClose).not.toHaveBeenCalled();
  expect(button("Mover").hasAttribute("disabled")).toBe(true);
  fireEvent.click(button(/09:30/));
  await waitFor(() => expect(onClose).toHaveBeenCalled());
  expect(sent("POST").at(-1)!.body).toEqual({ start: "2026-11-25T09:30:00-03:00" });
});

const { citizen } = anAppointment({});
const EMAIL = "marcela@correo.cl";

it.each([
  [{ conversation_id: "c1", citizen: { ...citizen, email: EMAIL } }, "Opcional. A la persona se le avisa por el chat, con este motivo."],
  [
    { citizen: { ...citizen, email: EMAIL } },
    `Opcional. A la persona se le avisa por correo, a ${EMAIL}, con este motivo, salvo que haya pedido no recibir avisos.`,
  ],
  [
    { citizen: { ...citizen, phone: null, email: EMAIL } },
    `Opcional. A la persona se le avisa por correo, a ${EMAIL}, con este motivo, salvo que haya pedido no recibir avisos.`,
  ],
  [{}, "Opcional. Esta hora no se pidió por el chat ni tiene correo: avísele usted a la persona, +56 9 8765 4321."],
  [
    { citizen: { ...citizen, phone: null } },
    "Opcional. Esta hora no se pidió por el chat ni tiene correo o teléfono: nadie le avisa a la persona.",
  ],
])("tells the official how the person gets to know", (changes, words) => {
  show(<DropDialog appointment={anAppointment(changes)} wall="2026-11-25T09:00:00" onRefused={vi.fn()} onClose={vi.fn()} />);
  expect(screen.getByText(words)).toBeTruthy();
});

const SLOT = {
  start: "2099-11-24T10:15:00-03:00",
  end: "2099-11-24T10:45:00-03:00",
  office_id: "o1",
  office_name: "Tránsito",
  procedure_id: "p1",
  capacity: 1,
  free: 1,
};

async function fillBooking(): Promise<void> {
  answer("GET /v1/procedures", 200, { items: [{ id: "p1", name: "Licencia", active: true, office_ids: ["o1"] }] });
  answer("GET /v1/offices", 200, { items: [{ id: "o1", name: "Tránsito", active: true, procedure_ids: ["p1"] }] });
  answer("GET /v1/slots", 200, { items: [SLOT], days: [{ date: "2099-11-24", status: "open", detail: "Queda 1 hora libre." }] });
  const filters = { officeId: "o1", procedureId: "p1" };
  show(<BookingDialog wall="2099-11-24T10:15:00" today="2099-11-20" filters={filters} onClose={vi.fn()} />);
  fireEvent.click(await screen.findByRole("button", { name: "10:15" }));
  fireEvent.change(screen.getByLabelText("RUT"), { target: { value: "15482903-1" } });
  fireEvent.change(screen.getByLabelText("Nombre"), { target: { value: "Marcela Soto" } });
}

const book = () => fireEvent.submit(screen.getByLabelText("RUT").closest("form")!);

it("says at the field what is wrong with it, and sends a corrected booking under a new key", async () => {
  const errors = [{ field: "citizen.rut", code: "rut_invalid", detail: "El RUT no es válido" }];
  answer("POST /v1/appointments", 422, problem(422, "rut_invalid", "El RUT no es válido", { errors }));
  answer("POST /v1/appointments", 201, anAppointment({}));
  await fillBooking();
  book();
  const rut = await screen.findByLabelText("RUT");
  await waitFor(() => expect(rut.getAttribute("aria-invalid")).toBe("true"));
  fireEvent.change(rut, { target: { value: "15482903-2" } });
  book();
  await waitFor(() => expect(sent("POST")).toHaveLength(2));
  const [first, second] = sent("POST");
  expect(first!.headers.get("Idempotency-Key")).not.toBe(second!.headers.get("Idempotency-Key"));
  expect(second!.body).toMatchObject({
    procedure_id: "p1",
    office_id: "o1",
    start: SLOT.start,
    channel: "counter",
    citizen: { rut: "15482903-2", name: "Marcela Soto", phone: null, email: null },
  });
});

it("sends a booking that nobody answered again under the same key", async () => {
  answer("POST /v1/appointments", 503, problem(503, "unavailable", "No responde"));
  await fillBooking();
  book();
  await screen.findByRole("alert");
  book();
  await waitFor(() => expect(sent("POST")).toHaveLength(2));
  const [first, second] = sent("POST");
  expect(first!.headers.get("Idempotency-Key")).toBeTruthy();
  expect(first!.headers.get("Idempotency-Key")).toBe(second!.headers.get("Idempotency-Key"));
});

it("shows a viewer the hour and nothing to do with it", async () => {
  logIn("viewer");
  answer("GET /v1/appointments/a1", 200, anAppointment({ start: "2099-11-24T10:15:00-03:00", end: "2099-11-24T10:45:00-03:00" }));
  show(<AppointmentDialog id="a1" onClose={vi.fn()} />);
  await screen.findByText("Licencia clase B");
  expect(screen.getAllByRole("button").map((found) => found.getAttribute("aria-label"))).toEqual(["Cerrar"]);
});

it("shows RUT and telephone as people write them, one press away from a call", async () => {
  answer("GET /v1/appointments/a1", 200, anAppointment({ citizen: { ...citizen, rut: "15482903-2" } }));
  show(<AppointmentDialog id="a1" onClose={vi.fn()} />);
  await screen.findByText("15.482.903-2");
  expect(screen.getByRole("link", { name: "+56 9 8765 4321" }).getAttribute("href")).toBe("tel:+56987654321");
});

it("shows what people wrote as text", async () => {
  const name = "<img src=x onerror=alert(1)>";
  const citizen = { ...anAppointment({}).citizen, name };
  answer("GET /v1/appointments/a1", 200, anAppointment({ citizen, notes: "<b>poder</b>" }));
  show(<AppointmentDialog id="a1" onClose={vi.fn()} />);
  expect((await screen.findByRole("heading", { name })).querySelector("img")).toBeNull();
  expect(screen.getByText("<b>poder</b>")).toBeTruthy();
});

it("asks before it cancels, and says when somebody else was faster", async () => {
  const future = { start: "2099-11-24T10:15:00-03:00", end: "2099-11-24T10:45:00-03:00" };
  answer("GET /v1/appointments/a1", 200, anAppointment(future));
  answer("GET /v1/appointments/a1", 200, anAppointment({ ...future, version: 4, status: "confirmed" }));
  answer("POST /v1/appointments/a1/cancel", 412, problem(412, "stale", "Otra persona lo modificó mientras tanto."));
  show(<AppointmentDialog id="a1" onClose={vi.fn()} />);
  fireEvent.click(await screen.findByRole("button", { name: "Anular" }));
  expect(sent("POST")).toEqual([]);
  fireEvent.submit(button("Sí, anular la hora").closest("form")!);
  expect((await screen.findByRole("alert")).textContent).toContain("Otra persona lo modificó");
  await screen.findByText("Confirmada");
});

it("tells how many hours a closure touches", async () => {
  logIn("admin");
  const body = { id: "e1", version: 1, kind: "closed", office_id: null, first_day: "2026-12-01", last_day: "2026-12-01" };
  answer("POST /v1/exceptions", 201, { ...body, opens: null, closes: null, step: 15, capacity: 1, reason: "", affected: 2 });
  show(<ExceptionDialog exception={null} day="2026-12-01" onClose={vi.fn()} />);
  fireEvent.submit(screen.getByLabelText("Motivo").closest("form")!);
  await screen.findByText(/Hay 2 horas reservadas/);
  expect(sent("POST")[0]!.body).toMatchObject({ kind: "closed", office_id: null, opens: null, closes: null });
});

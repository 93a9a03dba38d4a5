import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ComplaintPage from "@/features/complaint/ComplaintPage";
import { TenantSchema } from "@/shared/api/schemas";

const tenant = TenantSchema.parse({ id: "valle-claro", name: "Valle Claro", timezone: "America/Santiago" });
const answer = vi.fn<(url: string) => Response>();

const found = {
  folio: "REC-2026-000013-7",
  status: "waiting_citizen",
  status_label: "Esperamos su respuesta",
  since: "2026-11-20T15:00:00Z",
  category: "Bache en la calle",
  unit: "Obras",
  created_at: "2026-11-18T15:00:00Z",
  due_date: "2026-11-27",
  clock: "running",
  overdue: false,
  updates: [
    { at: "2026-11-18T15:00:00Z", kind: "status", status: "received", author: "Municipalidad", text: "Recibimos su reclamo." },
    { at: "2026-11-20T15:00:00Z", kind: "comment", author: "Municipalidad", text: "¿<b>Dónde</b> está?" },
  ],
};

function problem(status: number, code: string, detail: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, code, detail }), { status, headers });
}

function show() {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <ComplaintPage tenant={tenant} />
    </QueryClientProvider>,
  );
}

function ask(folio: string, rut: string) {
  fireEvent.change(screen.getByRole("textbox", { name: "Número de reclamo" }), { target: { value: folio } });
  fireEvent.change(screen.getByRole("textbox", { name: /Últimos cuatro/ }), { target: { value: rut } });
  fireEvent.click(screen.getByRole("button", { name: "Ver mi reclamo" }));
}

beforeEach(() => {
  answer.mockReset();
  vi.stubGlobal("fetch", (url: string) => Promise.resolve(answer(url)));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe("following a complaint", () => {
  it("asks the office of this page and shows what it answers, the newest first", async () => {
    answer.mockReturnValue(new Response(JSON.stringify(found)));
    show();
    ask("rec 2026 13 7", "15.482.903-2");
    expect(await screen.findByRole("heading", { name: "Reclamo REC-2026-000013-7" })).toBe(document.activeElement);
    expect(answer.mock.calls).toEqual([
      ["/api/complaints/v1/public/complaints/REC-2026-000013-7?rut_last4=9032&tenant=valle-claro"],
    ]);
    expect(screen.getByText("A más tardar el viernes 27 de noviembre")).toBeTruthy();
    const history = screen.getAllByRole("listitem").map((item) => item.textContent);
    expect(history.at(-2)).toContain("¿<b>Dónde</b> está?");
    expect(history.at(-1)).toContain("Recibimos su reclamo.");
  });

  it("keeps nothing: not in the address, not in the browser", async () => {
    answer.mockReturnValue(new Response(JSON.stringify(found)));
    show();
    const before = window.location.href;
    ask("REC-2026-000013-7", "9032");
    fireEvent.click(await screen.findByRole("button", { name: "Ver otro reclamo" }));
    const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Número de reclamo" });
    expect(field.value).toBe("");
    expect(document.activeElement).toBe(screen.getByRole("heading", { level: 1 }));
    expect(window.location.href).toBe(before);
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
  });

  it("does not ask with another shape and leads to the first field that is wrong", () => {
    show();
    ask("REC-2026-000013-7", "12");
    expect(answer).not.toHaveBeenCalled();
    const rut = screen.getByRole("textbox", { name: /Últimos cuatro/ });
    expect(document.activeElement).toBe(rut);
    expect(rut.getAttribute("aria-invalid")).toBe("true");
  });

  it.each([
    [422, "folio_invalid", "Alguna cifra del número de reclamo no calza."],
    [404, "not_found", "No encontramos un reclamo con ese número y RUT"],
  ])("says why not, in the office's words (%s)", async (status, code, detail) => {
    answer.mockReturnValue(problem(status, code, detail));
    show();
    ask("REC-2026-000013-7", "9032");
    expect((await screen.findByRole("alert")).textContent).toContain(detail);
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Número de reclamo" }).value).toBe("REC-2026-000013-7");
  });

  it("says how long to wait", async () => {
    answer.mockReturnValue(problem(429, "too_many_attempts", "Demasiados intentos.", { "Retry-After": "300" }));
    show();
    ask("REC-2026-000013-7", "9032");
    expect((await screen.findByRole("alert")).textContent).toContain("Podrá intentar de nuevo en 5 minutos.");
  });

  it("does not trust an answer of another shape", async () => {
    answer.mockReturnValue(new Response(JSON.stringify({ ...found, status: "lost" })));
    show();
    ask("REC-2026-000013-7", "9032");
    expect((await screen.findByRole("alert")).textContent).toContain("El servicio no respondió");
  });
});

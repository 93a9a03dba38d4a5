import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "@/app/App";

const TENANT = { id: "valle-claro", name: "Municipalidad de Valle Claro", short_name: "Valle Claro", phone: "+56223456700" };
const GUIDE = {
  procedures: [
    { id: "p1", code: "licencia", name: "Renovar licencia", required_papers: ["Cédula"], duration_minutes: 30, office_ids: ["o1"] },
    { id: "p2", code: "patente", name: "Patente comercial", description: null, office_ids: [] },
  ],
  offices: [{ id: "o1", code: "transito", name: "Dirección de Tránsito", hours_text: "lunes: 08:30 a 14:00; martes: 09:00 a 13:00" }],
};
const TENANTS = { items: [{ id: "valle-claro", name: TENANT.name }, { id: "punta-brava", name: "Municipalidad de Punta Brava" }] };

let answers: Record<string, () => Response>;
const json = (body: unknown, status = 200) => () => new Response(JSON.stringify(body), { status });

function show(path: string) {
  window.history.replaceState(null, "", path);
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <App />
    </QueryClientProvider>,
  );
}

beforeEach(() => {
  answers = {
    "/api/chat/tenants/valle-claro": json(TENANT),
    "/api/chat/tenants/valle-claro/guide": json(GUIDE),
    "/api/conversations/v1/public/tenants": json(TENANTS),
  };
  const unknown = json({ status: 404, code: "tenant_unknown", detail: "No conocemos esa municipalidad." }, 404);
  vi.stubGlobal("fetch", (url: string) => Promise.resolve((answers[url] ?? unknown)()));
  vi.stubGlobal("scrollTo", () => undefined);
});
afterEach(() => {
  cleanup();
  for (const script of document.querySelectorAll("script")) script.remove();
  delete window.Munbot;
  vi.unstubAllGlobals();
});

describe("the home page", () => {
  it("offers each procedure, with what to say in the chat", async () => {
    show("/");
    const button = await screen.findByRole("button", { name: "Pedir hora para Renovar licencia" });
    expect(button.dataset.munbotOpen).toBe("Quiero pedir hora para Renovar licencia");
    expect(screen.getByText("No necesita traer papeles")).toBeTruthy();
    expect(document.querySelector<HTMLScriptElement>("script[data-munbot-widget]")?.dataset.tenant).toBe("valle-claro");
  });

  it("searches without accents and offers the chat when nothing is found", async () => {
    show("/");
    const field = await screen.findByRole("textbox", { name: "Buscar un trámite" });
    fireEvent.change(field, { target: { value: "transito" } });
    expect(screen.getByText("1 trámite")).toBeTruthy();
    fireEvent.change(field, { target: { value: "pasaporte" } });
    expect((await screen.findByRole("button", { name: "Preguntar por “pasaporte”" })).dataset.munbotOpen).toContain("pasaporte");
  });

  it("opens the chat with what was written, and says so when there is no chat", async () => {
    show("/");
    const field = await screen.findByRole<HTMLInputElement>("textbox", { name: "Escriba lo que necesita" });
    fireEvent.change(field, { target: { value: " hola " } });
    fireEvent.submit(field.form!);
    expect(screen.getByText(/El chat no se ha podido abrir/).textContent).toContain("+56 2 2345 6700");
    const open = vi.fn();
    window.Munbot = { open };
    fireEvent.submit(field.form!);
    expect(open).toHaveBeenCalledExactlyOnceWith("hola");
    expect(field.value).toBe("");
  });

  it("leads to the other municipality and to the complaint's page", async () => {
    show("/");
    const other = await screen.findByRole("link", { name: "Municipalidad de Punta Brava" });
    expect(other.getAttribute("href")).toBe("/t/punta-brava/");
    const nav = screen.getByRole("navigation");
    fireEvent.click(within(nav).getByRole("link", { name: "Seguir un reclamo" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Seguir un reclamo" })).toBeTruthy();
    expect(window.location.pathname).toBe("/reclamo");
  });

  it("keeps the rest of the page when the procedures cannot be read, and tries again", async () => {
    answers["/api/chat/tenants/valle-claro/guide"] = json({}, 503);
    show("/");
    const alert = await screen.findByRole("alert");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("¿En qué le ayudamos?");
    answers["/api/chat/tenants/valle-claro/guide"] = json(GUIDE);
    fireEvent.click(within(alert).getByRole("button", { name: "Intentar de nuevo" }));
    expect(await screen.findByRole("heading", { name: "Renovar licencia" })).toBeTruthy();
  });

  it("says that there is nothing when there is nothing", async () => {
    answers["/api/chat/tenants/valle-claro/guide"] = json({ procedures: [], offices: [] });
    show("/");
    expect(await screen.findByText("Todavía no hay trámites con hora publicados.")).toBeTruthy();
    expect(screen.getByText("Todavía no hay oficinas publicadas.")).toBeTruthy();
  });
});

describe("an address that leads nowhere", () => {
  it("names the municipality that is not known, and carries no chat", async () => {
    show("/t/nada/");
    expect(await screen.findByRole("heading", { name: "No conocemos esa municipalidad" })).toBeTruthy();
    expect(document.querySelector("script[data-munbot-widget]")).toBeNull();
  });

  it("leads home from an unknown page", async () => {
    show("/cualquiera");
    expect((await screen.findByRole("link", { name: "Ir al inicio" })).getAttribute("href")).toBe("/");
  });

  it("offers another try when nobody answers", async () => {
    answers["/api/chat/tenants/valle-claro"] = json({}, 502);
    show("/");
    const again = await screen.findByRole("button", { name: "Intentar de nuevo" });
    answers["/api/chat/tenants/valle-claro"] = json(TENANT);
    fireEvent.click(again);
    expect(await screen.findByRole("heading", { level: 1, name: "¿En qué le ayudamos?" })).toBeTruthy();
  });
});

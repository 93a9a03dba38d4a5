import { QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { axe } from "vitest-axe";
import { createPanelQueryClient } from "@/dashboard/api/queryClient";
import { endSession, startSession } from "@/dashboard/session/store";
import AuditSection from "@/dashboard/settings/audit/AuditSection";
import { differences, type Words } from "@/dashboard/settings/audit/changes";
import { type Entry, targetOf } from "@/dashboard/settings/audit/log";
import { actionOf, ACTIONS, KINDS, nameKey } from "@/dashboard/settings/audit/names";
import en from "@/dashboard/settings/audit/texts/en.json";
import es from "@/dashboard/settings/audit/texts/es-CL.json";
import { ToastProvider } from "@/dashboard/ui/Toast";

const ENTRY: Entry = {
  id: 1,
  at: "2026-11-20T15:00:00Z",
  actor: "ana",
  actor_role: "admin",
  action: "agent.change",
  object_type: "agent",
  object_id: "019358ef",
  before: null,
  after: null,
};

describe("the names of the log", () => {
  const texts: Record<string, string>[] = [es, en];

  it.each(KINDS)("exist for %s and what is done with it, in both languages", (kind) => {
    const keys = [nameKey("obj", kind), ...(ACTIONS[kind] ?? []).map((action) => nameKey("act", action))];
    expect(keys.length).toBeGreaterThan(1);
    for (const key of keys) for (const each of texts) expect(each[key ?? "none"]).toBeTruthy();
  });

  it("are the same in both languages, and none is left that nothing is called", () => {
    expect(Object.keys(en)).toEqual(Object.keys(es));
    const actions = Object.values(ACTIONS).flat();
    const used = [...actions.map((each) => nameKey("act", each)), ...KINDS.map((each) => nameKey("obj", each))];
    expect(Object.keys(es).filter((key) => /^(act|obj)_/.test(key)).sort()).toEqual([...used].sort());
  });

  it("fit what the hub takes, and stand once", () => {
    const all = Object.values(ACTIONS).flat();
    expect(new Set(all).size).toBe(all.length);
    for (const action of all.filter((each) => each !== "login")) expect(action).toMatch(/^[a-z_]+\.[a-z_]+$/);
    for (const kind of KINDS) expect(kind).toMatch(/^[a-z_]{1,40}$/);
  });

  it("know no word of an object's own", () => {
    expect(nameKey("field", "constructor")).toBeNull();
    expect(nameKey("act", "unheard.of")).toBeNull();
  });
});

it("an action is asked for as long as it is done with the chosen kind", () => {
  expect(actionOf("", "webhook.created")).toBe("webhook.created");
  expect(actionOf("webhook", "webhook.created")).toBe("webhook.created");
  expect(actionOf("contact", "privacy.erase")).toBe("privacy.erase");
  expect(actionOf("agent", "webhook.created")).toBe("");
  expect(actionOf("unheard", "webhook.created")).toBe("");
});

describe("what an entry is about", () => {
  it("is shown where the panel has a page for it", () => {
    expect(targetOf({ ...ENTRY, object_type: "conversation", object_id: "c1" })?.href).toBe("/conversaciones/c1");
    expect(targetOf({ ...ENTRY, object_type: "appointment", object_id: "h1" })?.href).toBe("/agenda?hora=h1");
    const complaint = { ...ENTRY, object_type: "complaint" };
    expect(targetOf({ ...complaint, after: { folio: "VC-2026-000012" } })?.href).toBe("/reclamos/VC-2026-000012");
    expect(targetOf({ ...complaint, before: { folio: "VC/../x" } })?.href).toBe("/reclamos/VC%2F..%2Fx");
  });

  it("is an identifier otherwise", () => {
    expect(targetOf(ENTRY)).toBeNull();
    expect(targetOf({ ...ENTRY, object_type: "complaint", after: { folio: 12 } })).toBeNull();
    expect(targetOf({ ...ENTRY, object_type: "webhook", after: { folio: "VC-2026-000012" } })).toBeNull();
  });
});

describe("what changed", () => {
  const words: Words = { field: (name) => `<${name}>`, value: (field, value) => `${field}=${value}` };

  it("is only what differs, without what identifies the thing", () => {
    const before = { id: "a", folio: "VC-1", status: "booked", capacity: 2 };
    expect(differences(before, { folio: "VC-1", status: "cancelled", capacity: 2 }, words)).toEqual([
      { name: "status", before: "status=booked", after: "status=cancelled" },
    ]);
  });

  it("names the members of a list, and keeps what is no word as it is", () => {
    const after = { fields: ["phone", "name"], topics: ["digest"], active: false, nothing: null, colors: { primary: "#fff" } };
    expect(differences(null, after, words)).toEqual([
      { name: "fields", before: null, after: "<phone>, <name>" },
      { name: "topics", before: null, after: "topics=digest" },
      { name: "active", before: null, after: "active=false" },
      { name: "colors", before: null, after: '{"primary":"#fff"}' },
    ]);
  });

  it("tells what was empty from what the log does not say", () => {
    expect(differences({ unit: null, state: "off" }, { unit: "Aseo", fields: ["name"] }, words)).toEqual([
      { name: "unit", before: "", after: "unit=Aseo" },
      { name: "state", before: "state=off", after: "" },
      { name: "fields", before: null, after: "<name>" },
    ]);
  });
});

const people = [
  { id: "ana", name: "Ana Rojas", email: "ana@valle-claro.demo", role: "admin", active: true, created_at: ENTRY.at },
  { id: "beto", name: "Beto Soto", email: "beto@valle-claro.demo", role: "agent", active: false, created_at: ENTRY.at },
];
const entries: Entry[] = [
  {
    ...ENTRY,
    id: 6,
    actor: "conversation:x",
    actor_role: "visitor",
    action: "complaint.created",
    object_type: "complaint",
    after: { folio: "VC-2026-000012", status: "received" },
  },
  {
    ...ENTRY,
    id: 5,
    action: "appointment.cancelled",
    object_type: "appointment",
    object_id: "h1",
    before: { status: "booked", start: "2026-11-24T15:30:00+00:00" },
    after: { status: "cancelled", start: "2026-11-24T15:45:00+00:00" },
  },
  { ...ENTRY, id: 4, action: "agent.change", object_id: "beto", before: { active: true }, after: { active: false } },
  {
    ...ENTRY,
    id: 3,
    action: "conversation.assign",
    object_type: "conversation",
    object_id: "c1",
    before: { assigned_agent_id: null, status: "open" },
    after: { assigned_agent_id: "beto", status: "open" },
  },
  {
    ...ENTRY,
    id: 2,
    actor: "service:new",
    actor_role: "service",
    action: "thing.invented",
    object_type: "thing",
    object_id: "t1",
  },
  {
    ...ENTRY,
    action: "opening_rule.changed",
    object_type: "opening_rule",
    before: { weekday: 0, opens: 510 },
    after: { weekday: 4, opens: 545 },
  },
];
const WHOLE = { ok: true, entries: 5, head: "abc", broken_at: null };
let asked: Record<string, string>[];
let checked: { ok: boolean; entries: number; head: string; broken_at: number | null };

function answer(request: Request): Response {
  const url = new URL(request.url);
  if (url.pathname.endsWith("/v1/audit/verify")) return Response.json(checked);
  if (url.pathname.endsWith("/v1/complaints/REC-2026-000012-K")) return Response.json({ id: "r12" });
  if (url.pathname.endsWith("/v1/audit")) {
    asked.push(Object.fromEntries(url.searchParams));
    return Response.json({ items: entries, next_before: null });
  }
  if (url.pathname.endsWith("/v1/agents")) return Response.json({ items: people });
  return Response.json({ id: "valle-claro", name: "Valle Claro", timezone: "America/Santiago" });
}

async function show() {
  const page = render(
    <QueryClientProvider client={createPanelQueryClient()}>
      <ToastProvider>
        <main>
          <AuditSection />
        </main>
      </ToastProvider>
    </QueryClientProvider>,
  );
  await screen.findByRole("table", {}, { timeout: 10_000 });
  await screen.findByRole("option", { name: "Beto Soto" });
  return page;
}

describe("the page of the log", { timeout: 30_000 }, () => {
  beforeEach(() => {
    asked = [];
    checked = WHOLE;
    vi.stubGlobal("fetch", (input: Request) => Promise.resolve(answer(new Request(input))));
    startSession({
      token: "t",
      expiresAt: Date.now() + 3_600_000,
      me: { id: "ana", name: "Ana Rojas", email: "ana@valle-claro.demo", role: "admin", tenant: "valle-claro" },
    });
  });
  afterEach(() => {
    cleanup();
    endSession("left");
    vi.unstubAllGlobals();
  });

  const choose = (name: string, value: string) => fireEvent.change(screen.getByRole("combobox", { name }), { target: { value } });
  const offered = (name: string) => within(screen.getByRole("combobox", { name })).getAllByRole("option").map((each) => each.textContent);

  it("says in words who did what on what, with links to what the panel shows", async () => {
    const { container } = await show();
    const cells = screen.getAllByRole("row").slice(1).map((row) => within(row).getAllByRole("cell").map((cell) => cell.textContent));
    const [complaint, appointment, agent, conversation, thing, hours] = cells.map((row) => row.join(" | "));
    expect(complaint).toContain("La persona | Ingresó el reclamo | Ver el reclamo VC-2026-000012 | Estado: recibido");
    expect(appointment).toContain("Ana Rojas | Anuló la hora | Ver la hora | Estado: reservada → anulada");
    expect(appointment).toMatch(/Día y hora: .*12:30 → .*12:45/);
    expect(agent).toContain("Cambió los datos de una persona | Persona que atiende: Beto Soto | En uso: sí → no");
    expect(conversation).toContain("Ver la conversación | A cargo: — → Beto Soto");
    expect(thing).toContain("El sistema | thing.invented | thing t1");
    expect(hours).toContain("Día: lunes → viernes");
    expect(hours).toContain("Desde las: 08:30 → 09:05");
    expect(screen.getByRole("link", { name: "Ver la hora" }).getAttribute("href")).toBe("/agenda?hora=h1");
    expect((await axe(container)).violations).toEqual([]);
  });

  it("asks for a kind, somebody's deeds, an action and one thing", async () => {
    await show();
    expect(asked).toEqual([{ limit: "50" }]);
    choose("Sobre qué", "webhook");
    choose("Quién", "beto");
    choose("Qué", "webhook.secret_rotated");
    fireEvent.change(screen.getByRole("textbox", { name: "Identificador" }), { target: { value: " w1 " } });
    const all = { limit: "50", object_type: "webhook", object_id: "w1", actor: "beto", action: "webhook.secret_rotated" };
    await waitFor(() => expect(asked.at(-1)).toEqual(all));
  });

  it("offers the actions of the chosen kind alone, and forgets one that is not among them", async () => {
    const { container } = await show();
    expect(container.querySelectorAll("optgroup")).toHaveLength(KINDS.length);
    choose("Qué", "webhook.created");
    choose("Sobre qué", "document");
    expect(offered("Qué")).toEqual(["Todo", "Subió un documento", "Quitó un documento"]);
    await waitFor(() => expect(asked.at(-1)).toEqual({ limit: "50", object_type: "document" }));
  });

  it("finds a complaint by the folio that people know", async () => {
    await show();
    fireEvent.change(screen.getByRole("textbox", { name: "Identificador" }), { target: { value: "REC-2026-000012-K" } });
    await waitFor(() => expect(asked.at(-1)).toEqual({ limit: "50", object_id: "r12" }));
  });

  it.each([
    [WHOLE, "El registro está intacto: 5 anotaciones comprobadas."],
    [{ ...WHOLE, ok: false, broken_at: 3 }, "El registro fue alterado desde la anotación 3."],
    [{ ...WHOLE, ok: false, broken_at: 0 }, "Al registro le faltan anotaciones al final."],
  ])("says whether the log is whole", async (found, words) => {
    checked = found;
    await show();
    fireEvent.click(screen.getByRole("button", { name: "Comprobar que nadie lo alteró" }));
    await screen.findByText(words);
  });
});

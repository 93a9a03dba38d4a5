import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Answers } from "@/dashboard/complaints/Answers";
import type { Complaint } from "@/dashboard/complaints/data";
import { endSession, startSession } from "@/dashboard/session/store";
import { ToastProvider } from "@/dashboard/ui/Toast";

/** What the answers' card looks at. */
const complaint = (conversationId: string | null, email: string | null) =>
  ({
    folio: "REC-2026-000123-K",
    version: 1,
    comments: [],
    conversation_id: conversationId,
    citizen: { rut: "15482903-2", name: "Marcela Soto", phone: "+56987654321", email },
  }) as unknown as Complaint;

beforeEach(() => {
  const me = { id: "1", name: "Rodrigo", email: "r@m.cl", role: "agent" as const, tenant: "valle-claro" };
  startSession({ token: "secret", expiresAt: Date.now() + 3_600_000, me });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ items: [] }), { status: 200 })));
});

afterEach(() => {
  cleanup();
  endSession("left");
  vi.unstubAllGlobals();
});

it.each([
  ["c1", "marcela@correo.cl", "Le llega por donde nos escribió y queda al seguir su reclamo."],
  [
    null,
    "marcela@correo.cl",
    "Le llega por correo, a marcela@correo.cl, salvo que haya pedido no recibir avisos, y queda al seguir su reclamo.",
  ],
  [null, null, "No escribió por un chat ni dejó correo: la verá al seguir su reclamo con su folio."],
])("says how an answer reaches the person who wrote in %s with the mail %s, and that a note reaches nobody", (chat, email, words) => {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <ToastProvider>
        <Answers complaint={complaint(chat, email)} />
      </ToastProvider>
    </QueryClientProvider>,
  );
  expect(screen.getByText(words)).toBeTruthy();
  fireEvent.click(screen.getByRole("tab", { name: "Nota interna" }));
  expect(screen.queryByText(words)).toBeNull();
  expect(screen.getByText("Solo la leen los funcionarios.")).toBeTruthy();
});

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { conversations, read } from "@/dashboard/api/clients";
import { changePassword } from "@/dashboard/session/auth";
import { endReason, endSession, getSession, type Session, startSession } from "@/dashboard/session/store";

const ME = { id: "ana", name: "Ana Rojas", email: "ana@valle-claro.demo", role: "agent", tenant: "valle-claro" } as const;
const SESSION: Session = { token: "old", expiresAt: Date.now() + 900_000, me: ME };
let answers: Response[];
let shown: (string | null)[];

const problem = (status: number, code: string) =>
  Response.json({ status, code, detail: "No." }, { status, headers: { "Content-Type": "application/problem+json" } });
const ask = () => read(conversations.GET("/v1/agents"));

beforeEach(() => {
  shown = [];
  vi.stubGlobal("fetch", (request: Request) => {
    shown.push(request.headers.get("Authorization"));
    return Promise.resolve(answers.shift());
  });
  startSession(SESSION);
});
afterEach(() => {
  endSession("left");
  vi.unstubAllGlobals();
});

it.each([
  [401, "token_invalid"],
  [403, "agent_inactive"],
])("a refusal of the person ends the session (%s %s)", async (status, code) => {
  answers = [problem(status, code)];
  await expect(ask()).rejects.toMatchObject({ status, code });
  expect(getSession()).toBeNull();
  expect(endReason()).toBe("expired");
});

it.each([
  [403, "forbidden"],
  [401, "login_failed"],
])("a refusal of what was asked does not (%s %s)", async (status, code) => {
  answers = [problem(status, code)];
  await expect(ask()).rejects.toMatchObject({ status, code });
  expect(getSession()).toEqual(SESSION);
});

it("goes on with the new token after a new password", async () => {
  answers = [Response.json({ access_token: "new", expires_in: 900, agent: ME }), Response.json({ items: [] })];
  await changePassword("una clave larga", "otra clave larga");
  expect(getSession()?.token).toBe("new");
  await ask();
  expect(shown).toEqual(["Bearer old", "Bearer new"]);
});

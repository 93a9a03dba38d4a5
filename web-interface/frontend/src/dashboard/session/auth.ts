import { conversations, read } from "../api/clients";
import { endSession, getSession, type Session, startSession } from "./store";

/** A token is renewed when this much of its life is over. */
const RENEW_AFTER_SHARE = 0.75;
const RETRY_MS = 20_000;

type Answer = {
  access_token: string;
  expires_in: number;
  agent: Session["me"];
};

const toSession = (answer: Answer): Session => ({
  token: answer.access_token,
  expiresAt: Date.now() + answer.expires_in * 1000,
  me: answer.agent,
});

export async function logIn(tenant: string, email: string, password: string): Promise<void> {
  startSession(toSession(await read(conversations.POST("/v1/auth/login", { body: { tenant, email, password } }))));
}

/** All sessions of the person end with the old password; this page goes on with a new one. */
export async function changePassword(current: string, next: string): Promise<void> {
  const body = { current_password: current, new_password: next };
  startSession(toSession(await read(conversations.POST("/v1/auth/password", { body }))));
}

/** Ask for a new token. A refusal ends the session by itself (api/clients); a silent service is asked again later. */
async function renew(): Promise<void> {
  const before = getSession();
  const answer = await read(conversations.POST("/v1/auth/refresh"));
  if (getSession() === before) startSession(toSession(answer));
}

/** Keep the session alive while the page is open. Returns how to stop. */
export function keepAlive(session: Session): () => void {
  let timer: number | undefined;
  const life = session.expiresAt - Date.now();

  const attempt = () => {
    if (Date.now() >= session.expiresAt) {
      endSession("expired");
      return;
    }
    renew().catch(() => {
      timer = window.setTimeout(attempt, Math.min(RETRY_MS, Math.max(session.expiresAt - Date.now(), 0) + 1));
    });
  };
  const due = Date.now() + life * RENEW_AFTER_SHARE;
  timer = window.setTimeout(attempt, Math.max(due - Date.now(), 0));

  // A laptop that slept does not run timers.
  const onVisible = () => {
    if (document.visibilityState !== "visible" || Date.now() < due) return;
    window.clearTimeout(timer);
    attempt();
  };
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", onVisible);
  };
}

/** Who is logged in. Kept in sessionStorage: it ends with the tab, and another tab is another log-in. */
import { useSyncExternalStore } from "react";
import * as z from "zod/mini";

export type Role = "viewer" | "agent" | "admin";
export type Me = { id: string; name: string; email: string; role: Role; tenant: string };
export type Session = { token: string; expiresAt: number; me: Me };
/** Why nobody is logged in: the session ended by itself, or the person left (or never came). */
export type EndReason = "expired" | "left";

const KEY = "munbot.panel.session";
const RANK: Record<Role, number> = { viewer: 0, agent: 1, admin: 2 };

const SessionSchema = z.object({
  token: z.string(),
  expiresAt: z.number(),
  me: z.object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    role: z.enum(["viewer", "agent", "admin"]),
    tenant: z.string(),
  }),
});

const listeners = new Set<() => void>();
let current: Session | null = load();
let ended: EndReason = "left";

function load(): Session | null {
  try {
    const kept = SessionSchema.safeParse(JSON.parse(window.sessionStorage.getItem(KEY) ?? "null"));
    return kept.success && kept.data.expiresAt > Date.now() ? kept.data : null;
  } catch {
    return null;
  }
}

function keep(session: Session | null): void {
  try {
    if (session) window.sessionStorage.setItem(KEY, JSON.stringify(session));
    else window.sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing still works until the page is loaded anew.
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

export function getSession(): Session | null {
  return current;
}

export function startSession(session: Session): void {
  current = session;
  keep(session);
  tell();
}

/** Forget the session. A second call changes nothing, so the first reason stays. */
export function endSession(reason: EndReason): void {
  if (!current) return;
  current = null;
  ended = reason;
  keep(null);
  tell();
}

/** Why there is no session. */
export function endReason(): EndReason {
  return ended;
}

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSessionOrNull(): Session | null {
  return useSyncExternalStore(onSession, getSession);
}

/** The person who is logged in. Only for pages inside the frame, which is there only with a session. */
export function useMe(): Me {
  const session = useSessionOrNull();
  if (!session) throw new Error("useMe outside a session");
  return session.me;
}

/** Whether a role may do what another role at least may (viewer < agent < admin). */
export function isAtLeast(role: Role, least: Role): boolean {
  return RANK[role] >= RANK[least];
}

/** `const can = useCan(); can("agent") && <Button …/>`: what a role may not do is absent. */
export function useCan(): (least: Role) => boolean {
  const { role } = useMe();
  return (least) => isAtLeast(role, least);
}

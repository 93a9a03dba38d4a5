/** The gateway's HTTP calls that the widget needs. Generated types are of no use here: the widget parses what it gets. */
import { SessionSchema, TenantSchema, type Session, type Tenant } from "./protocol";

export interface Gateway {
  openSession(tenant: string, sessionKey: string): Promise<Session>;
  tenant(tenant: string): Promise<Tenant | null>;
  /** The content of a bubble's file; null when the token is not taken any more. */
  file(token: string, messageId: string): Promise<Blob | null>;
}

export function httpGateway(server: string): Gateway {
  return {
    async openSession(tenant, sessionKey) {
      const response = await fetch(`${server}/api/chat/sessions`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ tenant, session_key: sessionKey }),
      });
      if (!response.ok) throw new Error(`session: ${String(response.status)}`);
      return SessionSchema.parse(await response.json());
    },
    async file(token, messageId) {
      const response = await fetch(`${server}/api/chat/messages/${encodeURIComponent(messageId)}/media`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      if (response.status === 401) return null;
      if (!response.ok) throw new Error(`file: ${String(response.status)}`);
      return response.blob();
    },
    async tenant(tenant) {
      try {
        const response = await fetch(`${server}/api/chat/tenants/${encodeURIComponent(tenant)}`);
        return response.ok ? TenantSchema.parse(await response.json()) : null;
      } catch {
        return null;
      }
    },
  };
}

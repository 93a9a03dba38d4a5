import type { components } from "@/shared/api/generated/whatsapp";

export type Account = components["schemas"]["AccountItem"];
export type Provider = Account["provider"];

/** What each provider's account needs, in the order in which its console shows it. */
export const CREDENTIALS: Record<Provider, readonly string[]> = {
  meta: ["access_token", "app_secret", "verify_token"],
  evolution: ["api_key", "webhook_secret"],
  ycloud: ["api_key", "webhook_secret"],
  twilio: ["account_sid", "auth_token"],
};
export const PROVIDERS: Record<Provider, string> = {
  meta: "Meta Cloud API",
  evolution: "Evolution API",
  ycloud: "YCloud",
  twilio: "Twilio",
};
export const PROVIDER_IDS = Object.keys(PROVIDERS) as Provider[];

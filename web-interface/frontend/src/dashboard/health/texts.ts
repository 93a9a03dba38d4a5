import { defineTexts, type TextOf } from "../shell/i18n";
import en from "./texts/en.json";
import es from "./texts/es-CL.json";

export const useHealthTexts = defineTexts("health", es, en);
type HealthText = TextOf<typeof es>;

/** The word for a name of ours (`service`, `check`, `queue`), or the name itself where there is none. */
export function nameOf(t: HealthText, kind: "service" | "check" | "queue", name: string): string {
  const key = `${kind}_${name}`;
  return key in es ? t(key as Parameters<HealthText>[0]) : name;
}

/** What an event was, in words: by its type without prefix and version. */
export function eventName(t: HealthText, type: string | null | undefined): string {
  if (!type) return t("unreadable");
  const short = type.replace(/^munbot\./, "").replace(/\.v\d+$/, "");
  const key = `event_${short}`;
  return key in es ? t(key as Parameters<HealthText>[0]) : short;
}

/** Why a consumer gave an event up. */
export function reasonOf(t: HealthText, reason: string): string {
  switch (reason) {
    case "delivery_limit":
      return t("reason_delivery_limit");
    case "expired":
      return t("reason_expired");
    case "not a valid event":
      return t("reason_not_an_event");
    case "unknown":
      return t("reason_unknown");
    default:
      return t("reason_error", { kind: reason });
  }
}

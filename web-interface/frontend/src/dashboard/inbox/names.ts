import type { TextOf } from "../shell/i18n";
import type { Conversation } from "./api/queries";
import type es from "./texts/es-CL.json";

export type InboxText = TextOf<typeof es>;

/** What a person is called when the office knows no name: the telephone, or nothing in particular. */
export function nameOf({ contact, channel }: Conversation, t: InboxText): string {
  if (contact.name) return contact.name;
  if (contact.phone) return contact.phone;
  return channel === "whatsapp" ? `+${contact.address.replace(/^\+/, "")}` : t("unknown_person");
}

export type WordState = "closed" | "bot" | "you" | "agent" | "nobody";

/** Who answers the citizen now. */
export function wordOf(conversation: Conversation, me: string): WordState {
  if (conversation.status === "closed") return "closed";
  if (conversation.mode === "bot") return "bot";
  if (!conversation.assigned_agent) return "nobody";
  return conversation.assigned_agent.id === me ? "you" : "agent";
}

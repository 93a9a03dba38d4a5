import es from "./texts/es-CL.json";

type Group = "act" | "obj" | "field";
type Key = Extract<keyof typeof es, `${Group}_${string}`>;

/** The text of what a service calls something, such as `conversation.takeover`; null for what has no name here. */
export function nameKey(group: Group, word: string): Key | null {
  const key = `${group}_${word.replaceAll(".", "_")}`;
  return key in es ? (key as Key) : null;
}

/** Every action of the conversations' log that can be asked for alone. */
export const ACTIONS: readonly string[] = [
  "login",
  "agent.create",
  "agent.change",
  "agent.password",
  "conversation.takeover",
  "conversation.assign",
  "conversation.release",
  "conversation.close",
  "conversation.note",
  "message.send",
  "contact.change",
  "canned.create",
  "canned.change",
  "canned.remove",
  "unanswered.answer",
  "unanswered.dismiss",
  "tenant.create",
  "tenant.change",
  "privacy.rectify",
  "privacy.erase",
  "privacy.expire",
  "dead_letters.replay",
  "dead_letters.discard",
];

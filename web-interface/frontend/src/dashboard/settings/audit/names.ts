import es from "./texts/es-CL.json";

type Group = "act" | "obj" | "field" | "value";
type Key = Extract<keyof typeof es, `${Group}_${string}`>;

/** The text of what a service calls something, such as `conversation.takeover`; null for what has no name here. */
export function nameKey(group: Group, word: string): Key | null {
  const key = `${group}_${word.replaceAll(".", "_")}`;
  return Object.hasOwn(es, key) ? (key as Key) : null;
}

/** What is done with each kind of thing, as all services note it. */
export const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  conversation: [
    "conversation.takeover",
    "conversation.assign",
    "conversation.release",
    "conversation.close",
    "conversation.note",
    "message.send",
  ],
  contact: ["contact.change", "privacy.rectify", "privacy.erase"],
  appointment: [
    "appointment.booked",
    "appointment.confirmed",
    "appointment.rescheduled",
    "appointment.cancelled",
    "appointment.attended",
    "appointment.no_show",
    "appointment.edited",
    "appointment.rectified",
    "appointment.erased",
  ],
  complaint: [
    "complaint.created",
    "complaint.status_changed",
    "complaint.commented",
    "complaint.assigned",
    "complaint.merged",
    "complaint.received_duplicate",
    "complaint.attached",
    "complaint.reopened",
    "complaint.became_overdue",
    "complaint.rectified",
    "complaint.person_erased",
    "complaint.words_erased",
    "complaint.mentions_removed",
  ],
  agent: ["login", "agent.create", "agent.change", "agent.password"],
  tenant: ["tenant.create", "tenant.change", "privacy.expire"],
  canned_answer: ["canned.create", "canned.change", "canned.remove"],
  unanswered: ["unanswered.answer", "unanswered.dismiss", "unanswered.change"],
  document: ["document.uploaded", "document.removed"],
  pair: ["pair.written", "pair.removed"],
  knowledge: ["knowledge.reindexed"],
  procedure: ["procedure.created", "procedure.changed"],
  office: ["office.created", "office.changed"],
  opening_rule: ["opening_rule.created", "opening_rule.changed", "opening_rule.removed"],
  opening_exception: ["opening_exception.created", "opening_exception.changed", "opening_exception.removed"],
  policy: ["policy.changed"],
  complaint_category: ["complaint_category.created", "complaint_category.changed"],
  deadline_calendar: ["deadline_calendar.changed"],
  map: ["map.changed"],
  template: ["template.saved", "template.reset"],
  official: ["official.added", "official.changed", "official.removed"],
  notice_rules: ["notice_rules.changed"],
  opt_out: ["opt_out.added", "opt_out.changed", "opt_out.removed"],
  preference: ["preference.changed", "preference.forgotten"],
  notification: ["notification.replayed", "notification.discarded"],
  channel_account: ["channel_account.created", "channel_account.changed", "channel_account.removed"],
  webhook: [
    "webhook.created",
    "webhook.changed",
    "webhook.removed",
    "webhook.secret_rotated",
    "webhook.disabled",
    "webhook.deliveries_resent",
  ],
  webhook_delivery: ["webhook_delivery.resent"],
  image: ["image.stored", "image.removed"],
  import: ["import.run"],
  queue: ["dead_letters.replay", "dead_letters.discard"],
};

/** The kinds of things that the log speaks of. */
export const KINDS: readonly string[] = Object.keys(ACTIONS);

/** What of `action` remains when only a kind is asked for: itself, or nothing where it is not done with that kind. */
export const actionOf = (kind: string, action: string): string =>
  !kind || ACTIONS[kind]?.includes(action) ? action : "";

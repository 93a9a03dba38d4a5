/** The list of messages as the citizen sees it: pure functions, so that order and doubles can be tested without a socket. */
import type { BotMessage, Button, MessageFile, Thumb, UserMessage } from "./protocol";

export type Delivery = "sending" | "sent" | "failed";

export interface ChatMessage {
  /** Stable React key: the client's own id for what was written here, the server's for the rest. */
  key: string;
  id: string | null;
  clientId: string | null;
  /** The server's seq once known; before, the last seq seen plus a fraction, so that a reply always sorts after it. */
  order: number;
  from: "citizen" | "bot" | "agent" | "system";
  text: string;
  file: MessageFile | null;
  buttons: Button[];
  inReplyTo: string | null;
  /** Whether it is an answer that the citizen may rate, and what they said of it. */
  ratable: boolean;
  feedback: Thumb | null;
  at: number;
  delivery: Delivery;
  error: string | null;
}

export type Timeline = readonly ChatMessage[];

const STEP = 1 / 1024;

/** The highest seq that the server has given us; 0 in a new conversation. */
export function lastSeq(timeline: Timeline): number {
  return timeline.reduce((highest, message) => Math.max(highest, Math.floor(message.order)), 0);
}

function sorted(timeline: ChatMessage[]): Timeline {
  return timeline.sort((a, b) => a.order - b.order);
}

/** Put in a message of the office. The same id twice changes nothing. */
export function withBotMessage(timeline: Timeline, message: BotMessage): Timeline {
  if (timeline.some((known) => known.id === message.id)) return timeline;
  return sorted([
    ...timeline,
    {
      key: message.id,
      id: message.id,
      clientId: null,
      order: message.seq,
      from: message.sender_type,
      text: message.text,
      file: message.media ?? null,
      buttons: message.buttons ?? [],
      inReplyTo: message.in_reply_to ?? null,
      ratable: message.answer != null,
      feedback: message.feedback ?? null,
      at: Date.parse(message.created_at),
      delivery: "sent",
      error: null,
    },
  ]);
}

/** Show at once what the citizen just sent. */
export function withDraft(
  timeline: Timeline,
  draft: { clientId: string; text: string; at: number },
): Timeline {
  const highest = timeline.reduce((top, message) => Math.max(top, message.order), 0);
  return [
    ...timeline,
    {
      key: draft.clientId,
      id: null,
      clientId: draft.clientId,
      order: highest + STEP,
      from: "citizen",
      text: draft.text,
      file: null,
      buttons: [],
      inReplyTo: null,
      ratable: false,
      feedback: null,
      at: draft.at,
      delivery: "sending",
      error: null,
    },
  ];
}

/** Put in the citizen's own message as the server knows it, and recognise the draft that it came from. */
export function withUserMessage(timeline: Timeline, message: UserMessage): Timeline {
  const draft =
    timeline.find((known) => known.id === message.id) ??
    timeline.find((known) => known.clientId !== null && known.clientId === message.client_message_id) ??
    // An acknowledgement that got lost: history does not carry the client's id, but the text is still on its way out.
    timeline.find((known) => known.id === null && known.delivery === "sending" && known.text === message.text);
  if (draft) {
    return sorted(
      timeline.map((known) =>
        known === draft
          ? { ...known, id: message.id, order: message.seq ?? known.order, delivery: "sent" }
          : known,
      ),
    );
  }
  const highest = timeline.reduce((top, known) => Math.max(top, known.order), 0);
  return sorted([
    ...timeline,
    {
      key: message.id,
      id: message.id,
      clientId: message.client_message_id ?? null,
      order: message.seq ?? highest + STEP,
      from: "citizen",
      text: message.text,
      file: null,
      buttons: [],
      inReplyTo: null,
      ratable: false,
      feedback: null,
      at: Date.parse(message.created_at),
      delivery: "sent",
      error: null,
    },
  ]);
}

/** Mark a draft as accepted. If history already brought the same message, one of the two goes. */
export function withAccepted(timeline: Timeline, clientId: string, messageId: string): Timeline {
  const replayed = timeline.find((known) => known.id === messageId && known.clientId !== clientId);
  return sorted(
    timeline
      .filter((known) => known !== replayed)
      .map((known) =>
        known.clientId === clientId
          ? { ...known, id: messageId, delivery: "sent", error: null, order: replayed?.order ?? known.order }
          : known,
      ),
  );
}

/** Mark a draft as refused, with the reason in the citizen's words. */
export function withRefused(timeline: Timeline, clientId: string, error: string): Timeline {
  return timeline.map((known) =>
    known.clientId === clientId ? { ...known, delivery: "failed", error } : known,
  );
}

/** Show what was said of an answer. */
export function withFeedback(timeline: Timeline, id: string, value: Thumb | null): Timeline {
  return timeline.map((known) => (known.id === id ? { ...known, feedback: value } : known));
}

/** Take a refused draft out of the list. */
export function without(timeline: Timeline, clientId: string): Timeline {
  return timeline.filter((known) => known.clientId !== clientId);
}

/** The key of the message whose buttons can still be pressed: the last bubble, if nobody has answered it. */
export function openButtonsKey(timeline: Timeline): string | null {
  const last = timeline.at(-1);
  return last && last.from !== "citizen" && last.buttons.length > 0 ? last.key : null;
}

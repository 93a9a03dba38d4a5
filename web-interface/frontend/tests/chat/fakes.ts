import type { Gateway } from "@/features/chat/engine/gateway";
import type { Ack, BotMessage, Thumb } from "@/features/chat/engine/protocol";
import type { Pending } from "@/features/chat/engine/storage";
import type { TransportEvents, TransportFactory } from "@/features/chat/engine/transport";

/** A socket under the test's control. */
export class FakeTransport {
  sent: Pending[] = [];
  rated: [string, Thumb][] = [];
  answerRating: () => Ack | null = () => ({ ok: true, message_id: "rated" });
  auths: { token: string; last_seq: number }[] = [];
  answer: (pending: Pending) => Ack | null = (pending) => ({ ok: true, message_id: `server-${pending.clientId}` });
  events!: TransportEvents;

  readonly factory: TransportFactory = (_server, auth, events) => {
    this.events = events;
    return {
      connect: () => {
        this.auths.push(auth());
        events.onConnect();
      },
      disconnect: () => undefined,
      send: (pending) => {
        this.sent.push(pending);
        return Promise.resolve(this.answer(pending));
      },
      rate: (messageId, value) => {
        this.rated.push([messageId, value]);
        return Promise.resolve(this.answerRating());
      },
    };
  };
}

export class FakeGateway implements Gateway {
  opened: string[] = [];
  conversation = "conversation-1";

  openSession(_tenant: string, sessionKey: string) {
    this.opened.push(sessionKey);
    return Promise.resolve({ token: `token-${String(this.opened.length)}`, conversation_id: this.conversation });
  }

  tenant() {
    return Promise.resolve(null);
  }

  /** Who asked for which file; `giveFile` says what they get. */
  asked: [string, string][] = [];
  giveFile: () => Promise<Blob | null> = () => Promise.resolve(new Blob(["content"]));

  file(token: string, messageId: string) {
    this.asked.push([token, messageId]);
    return this.giveFile();
  }
}

export class FakeStore implements Storage {
  private readonly items = new Map<string, string>();

  get length() {
    return this.items.size;
  }

  clear() {
    this.items.clear();
  }

  getItem(key: string) {
    return this.items.get(key) ?? null;
  }

  key(index: number) {
    return [...this.items.keys()][index] ?? null;
  }

  removeItem(key: string) {
    this.items.delete(key);
  }

  setItem(key: string, value: string) {
    this.items.set(key, value);
  }
}

/** A bubble of the assistant. */
export function bubble(seq: number, change: Partial<BotMessage> = {}): BotMessage {
  return {
    id: `bubble-${String(seq)}`,
    seq,
    text: `Respuesta ${String(seq)}`,
    buttons: [],
    sender_type: "bot",
    created_at: "2026-11-23T12:00:00Z",
    ...change,
  };
}

/** The Socket.IO connection, behind an interface small enough for a fake in tests. */
import { io } from "socket.io-client";
import {
  AckSchema,
  BotMessageSchema,
  FeedbackEventSchema,
  SessionEventSchema,
  TypingSchema,
  UserMessageSchema,
  type Ack,
  type BotMessage,
  type Thumb,
  type UserMessage,
} from "./protocol";
import type { Pending } from "./storage";

const ACK_TIMEOUT_MS = 10_000;

export interface TransportEvents {
  onConnect: () => void;
  onDisconnect: () => void;
  /** The gateway refused the token. */
  onDenied: () => void;
  onBotMessage: (message: BotMessage) => void;
  onUserMessage: (message: UserMessage) => void;
  onFeedback: (id: string, value: Thumb) => void;
  onTyping: (on: boolean) => void;
  onSession: (conversationId: string) => void;
}

export interface Transport {
  connect(): void;
  disconnect(): void;
  send(pending: Pending): Promise<Ack | null>;
  rate(messageId: string, value: Thumb): Promise<Ack | null>;
}

export type TransportFactory = (
  server: string,
  auth: () => { token: string; last_seq: number },
  events: TransportEvents,
) => Transport;

function isDenied(error: Error & { data?: unknown }): boolean {
  const data = error.data;
  return typeof data === "object" && data !== null && "code" in data && data.code === "token_invalid";
}

/** Connect over WebSocket, or long polling where a proxy does not let WebSockets through. */
export const socketTransport: TransportFactory = (server, auth, events) => {
  const socket = io(server, {
    autoConnect: false,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 5_000,
    auth: (give) => give(auth()),
  });
  socket.on("connect", events.onConnect);
  socket.on("disconnect", events.onDisconnect);
  socket.on("connect_error", (error) => {
    if (isDenied(error)) events.onDenied();
    else events.onDisconnect();
  });
  const listen = <T>(
    name: string,
    schema: { safeParse: (data: unknown) => { success: true; data: T } | { success: false } },
    handle: (value: T) => void,
  ) =>
    socket.on(name, (data: unknown) => {
      const parsed = schema.safeParse(data);
      if (parsed.success) handle(parsed.data);
      else console.warn(`munbot: ${name} was not understood`);
    });
  listen("bot_message", BotMessageSchema, events.onBotMessage);
  listen("user_message", UserMessageSchema, events.onUserMessage);
  listen("message_feedback", FeedbackEventSchema, (said) => events.onFeedback(said.id, said.value));
  listen("typing", TypingSchema, (typing) => events.onTyping(typing.on));
  listen("session", SessionEventSchema, (session) => events.onSession(session.conversation_id));
  /** Emit and wait for the acknowledgement; null when none came. */
  const ask = async (event: string, data: object): Promise<Ack | null> => {
    try {
      const answer: unknown = await socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, data);
      const ack = AckSchema.safeParse(answer);
      return ack.success ? ack.data : null;
    } catch {
      return null;
    }
  };
  return {
    connect: () => void socket.connect(),
    disconnect: () => void socket.disconnect(),
    send: (pending) =>
      ask("user_uttered", {
        message: pending.text,
        ...(pending.payload === null ? {} : { payload: pending.payload }),
        client_message_id: pending.clientId,
      }),
    rate: (messageId, value) => ask("message_feedback", { message_id: messageId, value }),
  };
};

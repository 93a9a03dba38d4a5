/** The Socket.IO connection, behind an interface small enough for a fake in tests. */
import { io } from "socket.io-client";
import {
  AckSchema,
  BotMessageSchema,
  SessionEventSchema,
  TypingSchema,
  UserMessageSchema,
  type Ack,
  type BotMessage,
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
  onTyping: (on: boolean) => void;
  onSession: (conversationId: string) => void;
}

export interface Transport {
  connect(): void;
  disconnect(): void;
  send(pending: Pending): Promise<Ack | null>;
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
  listen("typing", TypingSchema, (typing) => events.onTyping(typing.on));
  listen("session", SessionEventSchema, (session) => events.onSession(session.conversation_id));
  return {
    connect: () => void socket.connect(),
    disconnect: () => void socket.disconnect(),
    async send(pending) {
      try {
        const answer: unknown = await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("user_uttered", {
          message: pending.text,
          ...(pending.payload === null ? {} : { payload: pending.payload }),
          client_message_id: pending.clientId,
        });
        const ack = AckSchema.safeParse(answer);
        return ack.success ? ack.data : null;
      } catch {
        return null;
      }
    },
  };
};

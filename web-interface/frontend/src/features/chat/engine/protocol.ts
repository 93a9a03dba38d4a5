/** What crosses the wire between the widget and the gateway. Everything that comes in is parsed here, never trusted. */
import * as z from "zod/mini";

export const ButtonSchema = z.object({ title: z.string(), payload: z.string() });

export const ThumbSchema = z.enum(["up", "down"]);

/** A bubble's file; its content is fetched by the message's id. */
export const FileSchema = z.object({
  content_type: z.string(),
  size: z.number(),
  filename: z.nullish(z.string()),
});

export const BotMessageSchema = z.object({
  id: z.string(),
  seq: z.number(),
  text: z.string(),
  media: z.nullish(FileSchema),
  buttons: z.nullish(z.array(ButtonSchema)),
  sender_type: z.enum(["bot", "agent", "system"]),
  created_at: z.string(),
  in_reply_to: z.nullish(z.string()),
  turn_index: z.nullish(z.number()),
  turn_count: z.nullish(z.number()),
  /** Set when it came from the office's documents: it can be rated. */
  answer: z.nullish(z.object({ id: z.string() })),
  feedback: z.nullish(ThumbSchema),
});

/** The citizen's own message: replayed after a reload, or written in another tab. */
export const UserMessageSchema = z.object({
  id: z.string(),
  seq: z.nullish(z.number()),
  text: z.string(),
  client_message_id: z.nullish(z.string()),
  created_at: z.string(),
});

/** What was said of an answer in another tab. */
export const FeedbackEventSchema = z.object({ id: z.string(), value: ThumbSchema });

export const TypingSchema = z.object({ on: z.boolean() });

export const SessionEventSchema = z.object({ conversation_id: z.string() });

export const AckSchema = z.union([
  z.object({ ok: z.literal(true), message_id: z.string(), seq: z.nullish(z.number()) }),
  z.object({
    ok: z.literal(false),
    error: z.object({ code: z.string(), detail: z.string(), retry_after: z.nullish(z.number()) }),
  }),
]);

export const SessionSchema = z.object({
  token: z.string(),
  conversation_id: z.string(),
  expires_in: z.nullish(z.number()),
});

export const TenantSchema = z.object({
  id: z.string(),
  name: z.string(),
  short_name: z.nullish(z.string()),
  timezone: z.nullish(z.string()),
  locale: z.nullish(z.string()),
  colors: z.nullish(z.record(z.string(), z.string())),
  greeting: z.nullish(z.string()),
  address: z.nullish(z.string()),
  phone: z.nullish(z.string()),
  attention_hours_text: z.nullish(z.string()),
});

export type Thumb = z.infer<typeof ThumbSchema>;
export type Button = z.infer<typeof ButtonSchema>;
export type MessageFile = z.infer<typeof FileSchema>;
export type BotMessage = z.infer<typeof BotMessageSchema>;
export type UserMessage = z.infer<typeof UserMessageSchema>;
export type Ack = z.infer<typeof AckSchema>;
export type Session = z.infer<typeof SessionSchema>;
export type Tenant = z.infer<typeof TenantSchema>;

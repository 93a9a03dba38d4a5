/** What the gateway's namespace `/staff` says. Anything of another shape is dropped. */
import * as z from "zod/mini";

export const PlatformEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  time: z.string(),
  subject: z.nullish(z.string()),
  data: z.record(z.string(), z.unknown()),
});
export type PlatformEvent = z.infer<typeof PlatformEventSchema>;

export const PresenceSchema = z.object({
  conversation_id: z.string(),
  agents: z.array(z.object({ id: z.string(), name: z.string(), typing: z.boolean() })),
});
export type Presence = z.infer<typeof PresenceSchema>;
export type PresentAgent = Presence["agents"][number];

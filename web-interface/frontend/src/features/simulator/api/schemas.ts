/** What the simulator answers, parsed to exactly the types of its OpenAPI document. */
import * as z from "zod/mini";
import type { components } from "@/shared/api/generated/simulator";

type Schemas = components["schemas"];
type Wire<T> = z.ZodMiniType<T>;
const maybe = <T>(schema: z.ZodMiniType<T>) => z._default(z.nullable(schema), null);

export type Account = Schemas["AccountView"];
export type Option = Required<Schemas["Option"]>;
export type OptionList = { button: string; sections: { title: string; rows: Option[] }[] };
export type FileShown = Required<Schemas["FileShown"]>;
export type Place = Required<Schemas["Place"]>;
export type Undelivered = Schemas["Undelivered"];
export type Typing = Schemas["Typing"];
export type Faults = Required<Schemas["Faults"]>;
export type Entry = Required<Omit<Schemas["Entry"], "buttons" | "options" | "file" | "location">> & {
  buttons: Option[];
  options: OptionList | null;
  file: FileShown | null;
  location: Place | null;
};
export type Changes = { seq: number; messages: Entry[]; typing: Typing[] };

const OptionSchema: Wire<Option> = z.object({ id: z.string(), title: z.string(), description: z._default(z.string(), "") });

export const EntrySchema: Wire<Entry> = z.object({
  id: z.string(),
  seq: z.number(),
  position: z.number(),
  phone: z.string(),
  account: z.string(),
  author: z.enum(["citizen", "office"]),
  kind: z.enum(["text", "choice", "image", "document", "audio", "location", "reaction", "template", "unsupported"]),
  at: z.string(),
  status: z.enum(["sent", "delivered", "read", "failed"]),
  text: z.string(),
  header: z.string(),
  footer: z.string(),
  buttons: z.array(OptionSchema),
  options: maybe(
    z.object({
      button: z.string(),
      sections: z.array(z.object({ title: z._default(z.string(), ""), rows: z.array(OptionSchema) })),
    }),
  ),
  choice_id: maybe(z.string()),
  file: maybe(
    z.object({
      id: z.string(),
      content_type: z.string(),
      size: z.number(),
      filename: maybe(z.string()),
      voice: z.boolean(),
      seconds: maybe(z.number()),
    }),
  ),
  location: maybe(
    z.object({
      latitude: z.number(),
      longitude: z.number(),
      name: maybe(z.string()),
      address: maybe(z.string()),
    }),
  ),
  reply_to: maybe(z.string()),
  template: maybe(z.string()),
  reference: maybe(z.string()),
  error_code: maybe(z.number()),
  undelivered: maybe(z.object({ attempts: z.number(), answer: z.string() })),
});

export const ChangesSchema: Wire<Changes> = z.object({
  seq: z.number(),
  messages: z.array(EntrySchema),
  typing: z.array(z.object({ phone: z.string(), account: z.string(), until: z.nullable(z.string()) })),
});

export const AccountListSchema: Wire<{ items: Account[] }> = z.object({
  items: z.array(z.object({ slug: z.string(), tenant: z.string(), name: z.string(), phone: z.string() })),
});

export const FaultsSchema: Wire<Faults> = z.object({
  duplicate: z.number(),
  duplicate_at_random: z.boolean(),
  burst: z.boolean(),
  shuffle: z.boolean(),
  hold_ms: z.number(),
  bad_signature: z.boolean(),
  provider_down: z.boolean(),
  slow_ms: z.number(),
  rate_limited: z.nullable(z.number()),
  errors_once: z.array(z.number()),
  window_closed: z.boolean(),
});

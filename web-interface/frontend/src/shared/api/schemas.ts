/** The border: types come from docs/api (`npm run api`), and what arrives is parsed to exactly those types. */
import * as z from "zod/mini";
import type { components as Chat } from "./generated/chat";
import type { components as Complaints } from "./generated/complaints";

type Wire<T> = z.ZodMiniType<T>;

/** A field that the service may leave out or send as null. */
const maybe = <T>(schema: z.ZodMiniType<T>) => z._default(z.nullable(schema), null);

export type Tenant = Required<Chat["schemas"]["Tenant"]>;
export type GuideProcedure = Required<Chat["schemas"]["GuideProcedure"]>;
export type GuideOffice = Required<Chat["schemas"]["GuideOffice"]>;
export type Guide = { procedures: GuideProcedure[]; offices: GuideOffice[] };
export type ComplaintUpdate = Required<Complaints["schemas"]["PublicUpdate"]>;
export type PublicComplaint = Required<Omit<Complaints["schemas"]["PublicComplaint"], "updates">> & {
  updates: ComplaintUpdate[];
};
export type ComplaintStatus = Complaints["schemas"]["ComplaintStatus"];

export const TenantSchema: Wire<Tenant> = z.object({
  id: z.string(),
  name: z.string(),
  short_name: maybe(z.string()),
  timezone: maybe(z.string()),
  locale: maybe(z.string()),
  colors: z._default(z.record(z.string(), z.string()), {}),
  greeting: maybe(z.string()),
  address: maybe(z.string()),
  phone: maybe(z.string()),
  attention_hours_text: maybe(z.string()),
});

const ProcedureSchema: Wire<GuideProcedure> = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  description: maybe(z.string()),
  duration_minutes: maybe(z.number()),
  required_papers: z._default(z.array(z.string()), []),
  price_text: maybe(z.string()),
  office_ids: z._default(z.array(z.string()), []),
});

const OfficeSchema: Wire<GuideOffice> = z.object({
  id: z.string(),
  code: z.string(),
  name: z.string(),
  address: maybe(z.string()),
  phone: maybe(z.string()),
  email: maybe(z.string()),
  hours_text: maybe(z.string()),
});

export const GuideSchema: Wire<Guide> = z.object({
  procedures: z.array(ProcedureSchema),
  offices: z.array(OfficeSchema),
});

/** Only what a link to another municipality needs. */
export const TenantListSchema = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });

/** Only what tells that it is there; its page reads the rest. */
export const SimulatorSchema = z.object({ items: z.array(z.object({ slug: z.string() })) });

const STATUSES = [
  "received",
  "in_review",
  "forwarded",
  "waiting_citizen",
  "resolved",
  "rejected",
  "closed",
  "reopened",
] as const satisfies readonly ComplaintStatus[];

export const PublicComplaintSchema: Wire<PublicComplaint> = z.object({
  folio: z.string(),
  status: z.enum(STATUSES),
  status_label: z.string(),
  since: z.string(),
  category: z.string(),
  unit: z.string(),
  created_at: z.string(),
  due_date: maybe(z.string()),
  clock: z.enum(["running", "paused", "stopped"]),
  overdue: z.boolean(),
  updates: z.array(
    z.object({
      at: z.string(),
      kind: z.enum(["status", "comment"]),
      status: maybe(z.enum(STATUSES)),
      author: z.string(),
      text: z.string(),
    }),
  ),
});

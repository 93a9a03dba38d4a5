import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { components as Complaints } from "@/shared/api/generated/complaints";
import type { components } from "@/shared/api/generated/conversations";
import type { components as Scheduler } from "@/shared/api/generated/scheduler";
import { complaints, conversations, read, scheduler } from "../../api/clients";

type Schemas = components["schemas"];
export type Conversation = Schemas["ConversationItem"];
export type Message = Schemas["MessageItem"];
export type Note = Schemas["NoteItem"];
export type Contact = Schemas["ContactItem"];
export type Agent = Schemas["AgentItem"];
export type Canned = Schemas["CannedItem"];
export type Appointment = Scheduler["schemas"]["AppointmentOut"];
export type Complaint = Complaints["schemas"]["ComplaintSummary"];
export type Channel = Conversation["channel"];

export const VIEWS = ["open", "unread", "waiting", "mine", "closed"] as const;
export type View = (typeof VIEWS)[number];
export type Filters = { view: View; channel: Channel | null; q: string; contact: string | null };

const PAGE = 40;
const MESSAGES = 60;
/** Past the end of every conversation: the newest messages are those before it. */
const END = 2_147_483_647;

const VIEW_QUERY = {
  open: { status: "open" },
  unread: { unread: true },
  waiting: { waiting: true, status: "open" },
  mine: { mine: true, status: "open" },
  closed: { status: "closed" },
} as const satisfies Record<View, object>;

export const keys = {
  lists: ["inbox", "list"],
  conversation: (id: string) => ["inbox", "conversation", id],
  messages: (id: string) => ["inbox", "messages", id],
  notes: (id: string) => ["inbox", "notes", id],
  contact: (id: string) => ["inbox", "contact", id],
  history: ["inbox", "history"],
  canned: ["inbox", "canned"],
} as const;

export const listQuery = ({ view, channel, q, contact }: Filters) =>
  infiniteQueryOptions({
    queryKey: [...keys.lists, { view, channel, q, contact }],
    queryFn: ({ pageParam, signal }) =>
      read(
        conversations.GET("/v1/conversations", {
          params: {
            query: {
              // What one citizen ever said is shown whole.
              ...(contact ? { contact_id: contact } : VIEW_QUERY[view]),
              channel,
              q: q || null,
              cursor: pageParam,
              limit: PAGE,
            },
          },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id),
    queryFn: ({ signal }) =>
      read(conversations.GET("/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } }, signal })),
  });

/** A conversation's messages from its end backwards; each page is in order. */
export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: ({ pageParam, signal }) =>
      read(
        conversations.GET("/v1/conversations/{conversation_id}/messages", {
          params: { path: { conversation_id: id }, query: { before_seq: pageParam, limit: MESSAGES } },
          signal,
        }),
      ),
    initialPageParam: END,
    getNextPageParam: (page) => (page.items.length === MESSAGES ? page.items[0]!.seq : null),
  });

export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: keys.notes(id),
    queryFn: ({ signal }) =>
      read(
        conversations.GET("/v1/conversations/{conversation_id}/notes", {
          params: { path: { conversation_id: id } },
          signal,
        }),
      ),
  });

export const contactQuery = (id: string) =>
  queryOptions({
    queryKey: keys.contact(id),
    queryFn: ({ signal }) =>
      read(conversations.GET("/v1/contacts/{contact_id}", { params: { path: { contact_id: id } }, signal })),
  });

export const agentsQuery = queryOptions({
  queryKey: ["agents"],
  queryFn: ({ signal }) => read(conversations.GET("/v1/agents", { signal })),
  staleTime: 5 * 60_000,
});

export const cannedQuery = queryOptions({
  queryKey: keys.canned,
  queryFn: ({ signal }) => read(conversations.GET("/v1/canned-answers", { signal })),
  staleTime: 60_000,
});

/** Whose: by RUT where it is known, and what was done in this conversation in any case. */
type Whose = { rut: string | null; conversationId: string };

async function both<T extends { id: string }>(whose: Whose, ask: (filter: object) => Promise<{ items: T[] }>): Promise<T[]> {
  const filters = [{ conversation_id: whose.conversationId }, ...(whose.rut ? [{ rut: whose.rut }] : [])];
  const pages = await Promise.all(filters.map(ask));
  return [...new Map(pages.flatMap((page) => page.items).map((item) => [item.id, item])).values()];
}

export const appointmentsQuery = (whose: Whose) =>
  queryOptions({
    queryKey: [...keys.history, "appointments", whose],
    queryFn: async ({ signal }) => {
      const found = await both<Appointment>(whose, (filter) =>
        read(scheduler.GET("/v1/appointments", { params: { query: { ...filter, limit: 20 } }, signal })),
      );
      return found.sort((one, other) => other.start.localeCompare(one.start));
    },
  });

export const complaintsQuery = (whose: Whose) =>
  queryOptions({
    queryKey: [...keys.history, "complaints", whose],
    queryFn: async ({ signal }) => {
      const found = await both<Complaint>(whose, (filter) =>
        read(complaints.GET("/v1/complaints", { params: { query: { ...filter, limit: 20 } }, signal })),
      );
      return found.sort((one, other) => other.created_at.localeCompare(one.created_at));
    },
  });

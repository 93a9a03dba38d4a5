import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { complaints, conversations, read } from "../../api/clients";

export type Entry = {
  id: number;
  at: string;
  actor: string;
  actor_role: string;
  action: string;
  object_type: string;
  object_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
};

/** What is asked for; empty words ask for everything. */
export type Wanted = { kind: string; action: string; actor: string; object: string };

const FOLIO = /^[a-z]+-\d{4}-\d+-[\dk]$/i;

/** The identifier that the log knows something by: of a complaint people have the folio. */
async function identifierOf(written: string, signal: AbortSignal) {
  if (!FOLIO.test(written)) return written;
  const path = { folio: written };
  return (await read(complaints.GET("/v1/complaints/{folio}", { params: { path }, signal }))).id;
}

/** The log, the newest first. */
export const useLog = (wanted: Wanted) =>
  useInfiniteQuery({
    queryKey: ["settings", "audit", wanted],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: 50,
        ...(pageParam && { before: pageParam }),
        ...(wanted.kind && { object_type: wanted.kind }),
        ...(wanted.object && { object_id: await identifierOf(wanted.object, signal) }),
        ...(wanted.actor && { actor: wanted.actor }),
        ...(wanted.action && { action: wanted.action }),
      };
      return read(conversations.GET("/v1/audit", { params: { query }, signal }));
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
  });

/** The people of the institution. */
export const usePeople = () =>
  useQuery({
    queryKey: ["settings", "people"],
    queryFn: ({ signal }) => read(conversations.GET("/v1/agents", { signal })),
  }).data?.items;

type Target = { href: string; text: "open_conversation" | "open_appointment" | "open_complaint"; folio: string };

/** Where the panel shows what an entry is about, if it does; people know a complaint by its folio. */
export function targetOf({ object_type, object_id, before, after }: Entry): Target | null {
  if (object_type === "conversation")
    return { href: `/conversaciones/${object_id}`, text: "open_conversation", folio: "" };
  if (object_type === "appointment")
    return { href: `/agenda?hora=${encodeURIComponent(object_id)}`, text: "open_appointment", folio: "" };
  const folio = after?.folio ?? before?.folio;
  if (object_type !== "complaint" || typeof folio !== "string") return null;
  return { href: `/reclamos/${encodeURIComponent(folio)}`, text: "open_complaint", folio };
}

/** What the pages of complaints ask the services. */
import { infiniteQueryOptions, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import type { components } from "@/shared/api/generated/complaints";
import { complaints, conversations, read } from "../api/clients";
import { useMe } from "../session/store";
import { type Filters, queryOf } from "./address";

type Schemas = components["schemas"];
export type Status = Schemas["ComplaintStatus"];
export type Summary = Schemas["ComplaintSummary"];
export type Complaint = Schemas["ComplaintOut"];
export type MapSetting = Required<Schemas["MapBody"]>;

export const STATUSES: readonly Status[] = [
  "received",
  "in_review",
  "forwarded",
  "waiting_citizen",
  "reopened",
  "resolved",
  "rejected",
  "closed",
];
export const OPEN: readonly Status[] = STATUSES.slice(0, 5);

const FIRST: { cursor?: string } = {};

export const listQuery = (filters: Filters, limit: number) =>
  infiniteQueryOptions({
    queryKey: ["complaints", "list", filters, limit],
    queryFn: ({ pageParam, signal }) =>
      read(
        complaints.GET("/v1/complaints", { params: { query: { ...queryOf(filters), limit, ...pageParam } }, signal }),
      ),
    initialPageParam: FIRST,
    getNextPageParam: (last) => (last.next_cursor ? { cursor: last.next_cursor } : undefined),
  });

export const complaintQuery = (folio: string) =>
  queryOptions({
    queryKey: ["complaints", "one", folio],
    queryFn: ({ signal }) => read(complaints.GET("/v1/complaints/{folio}", { params: { path: { folio } }, signal })),
  });

export const categoriesQuery = queryOptions({
  queryKey: ["complaints", "categories"],
  queryFn: async ({ signal }) => (await read(complaints.GET("/v1/categories", { signal }))).items,
  staleTime: 5 * 60_000,
});

export const mapQuery = queryOptions({
  queryKey: ["complaints", "map"],
  queryFn: ({ signal }) => read(complaints.GET("/v1/map", { signal })),
});

export const nearbyQuery = (complaint: Complaint) =>
  queryOptions({
    queryKey: ["complaints", "nearby", complaint.folio],
    enabled: complaint.place?.latitude != null,
    queryFn: async ({ signal }) => {
      const { latitude, longitude } = complaint.place!;
      const query = { category: complaint.category.split(".")[0]!, latitude: latitude!, longitude: longitude!, radius_m: 500 };
      const found = await read(complaints.GET("/v1/complaints/duplicates", { params: { query: { ...query, limit: 6 } }, signal }));
      return found.items.filter((item) => item.folio !== complaint.folio);
    },
  });

const agentsQuery = queryOptions({
  queryKey: ["complaints", "agents"],
  queryFn: async ({ signal }) => (await read(conversations.GET("/v1/agents", { signal }))).items,
  staleTime: 5 * 60_000,
});

/** Who may take a complaint, and what an id is called. One's own name is known without asking. */
export function useAgents() {
  const me = useMe();
  const { data } = useQuery(agentsQuery);
  return useMemo(() => {
    const names = new Map((data ?? []).map((agent) => [agent.id, agent.name]));
    names.set(me.id, me.name);
    const choices = (data ?? []).filter((agent) => agent.active && agent.role !== "viewer");
    return { choices, nameOf: (id: string) => names.get(id) ?? id };
  }, [data, me]);
}

/** Show a complaint that a change answered with, and ask lists anew. */
export function useTakeChanged() {
  const client = useQueryClient();
  return (complaint: Complaint) => {
    client.setQueryData(complaintQuery(complaint.folio).queryKey, complaint);
    void client.invalidateQueries({ queryKey: ["complaints", "list"] });
  };
}

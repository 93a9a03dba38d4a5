import { QueryClient, queryOptions } from "@tanstack/react-query";
import { ApiError } from "@/shared/api/problem";
import { getJson } from "@/shared/api/request";
import { SimulatorSchema, TenantListSchema, TenantSchema } from "@/shared/api/schemas";

const MINUTE = 60_000;

/** Asking again helps only when nobody answered. */
export function shouldRetry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiError && error.kind === "away";
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 5 * MINUTE, retry: shouldRetry, refetchOnWindowFocus: false } },
  });
}

export const tenantQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["tenant", tenant],
    queryFn: ({ signal }) => getJson(`/api/chat/tenants/${encodeURIComponent(tenant)}`, TenantSchema, signal),
  });

export const tenantsQuery = queryOptions({
  queryKey: ["tenants"],
  queryFn: ({ signal }) => getJson("/api/conversations/v1/public/tenants", TenantListSchema, signal),
});

/** Whether there is a simulator of WhatsApp: in a demo. Anywhere else nobody answers, and nothing is said about it. */
export const simulatorQuery = queryOptions({
  queryKey: ["simulator"],
  queryFn: ({ signal }) => getJson("/simulator/api/accounts", SimulatorSchema, signal),
  retry: false,
  staleTime: Infinity,
});

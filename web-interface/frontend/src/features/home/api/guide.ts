import { queryOptions } from "@tanstack/react-query";
import { getJson } from "@/shared/api/request";
import { GuideSchema } from "@/shared/api/schemas";

export const guideQuery = (tenant: string) =>
  queryOptions({
    queryKey: ["guide", tenant],
    queryFn: ({ signal }) => getJson(`/api/chat/tenants/${encodeURIComponent(tenant)}/guide`, GuideSchema, signal),
  });

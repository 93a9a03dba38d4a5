import { getJson } from "@/shared/api/request";
import { type PublicComplaint, PublicComplaintSchema } from "@/shared/api/schemas";

export type Sought = { folio: string; rutEnd: string };

export function followComplaint(tenant: string, { folio, rutEnd }: Sought): Promise<PublicComplaint> {
  const query = new URLSearchParams({ rut_last4: rutEnd, tenant });
  return getJson(
    `/api/complaints/v1/public/complaints/${encodeURIComponent(folio)}?${query.toString()}`,
    PublicComplaintSchema,
  );
}

import type { Tenant } from "@/shared/api/schemas";

export default function ComplaintPage({ tenant }: { tenant: Tenant }) {
  return <h1>{tenant.name}</h1>;
}

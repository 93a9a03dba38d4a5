/** Offices and procedures: the agenda reads them, the settings change them. */
import { queryOptions } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/scheduler";
import { read, scheduler } from "../api/clients";

type Schemas = components["schemas"];
export type Office = Schemas["OfficeOut"];
export type Procedure = Schemas["ProcedureOut"];
export type OpeningRule = Schemas["RuleOut"];
export type Exception = Schemas["ExceptionOut"];
export type Policy = Schemas["PolicyOut"];

export const officesQuery = queryOptions({
  queryKey: ["catalogue", "offices"],
  queryFn: async ({ signal }) =>
    (await read(scheduler.GET("/v1/offices", { params: { query: { inactive: true } }, signal }))).items,
});

export const proceduresQuery = queryOptions({
  queryKey: ["catalogue", "procedures"],
  queryFn: async ({ signal }) =>
    (await read(scheduler.GET("/v1/procedures", { params: { query: { inactive: true } }, signal }))).items,
});

export const rulesQuery = (officeId: string) =>
  queryOptions({
    queryKey: ["catalogue", "rules", officeId],
    queryFn: async ({ signal }) =>
      (
        await read(
          scheduler.GET("/v1/offices/{reference}/opening-rules", { params: { path: { reference: officeId } }, signal }),
        )
      ).items,
  });

/** Closures and extra openings that touch the days; without a last day, all that are still to come. */
export const exceptionsQuery = (from: string, to?: string) =>
  queryOptions({
    queryKey: ["catalogue", "exceptions", from, to ?? ""],
    queryFn: async ({ signal }) =>
      (await read(scheduler.GET("/v1/exceptions", { params: { query: to ? { from, to } : { from } }, signal }))).items,
  });

export const policyQuery = queryOptions({
  queryKey: ["catalogue", "policy"],
  queryFn: ({ signal }) => read(scheduler.GET("/v1/policy", { signal })),
});

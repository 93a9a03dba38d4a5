/** What administrators change of offices, procedures, hours and rules. */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/scheduler";
import { read, scheduler } from "../../api/clients";
import type { Office, OpeningRule, Policy, Procedure } from "../../scheduling/catalogue";

type Schemas = components["schemas"];
export type OfficeIn = Schemas["OfficeIn"];
export type ProcedureIn = Schemas["ProcedureIn"];
export type RuleIn = Schemas["RuleIn"];
export type PolicyIn = Schemas["PolicyIn"];
/** What is left out stays as it is: the generated types do not know. */
export type OfficePatch = Partial<Schemas["OfficePatch"]>;
export type ProcedurePatch = Partial<Schemas["ProcedurePatch"]>;

const CATALOGUE: QueryKey = ["catalogue"];

const once = (key: string) => ({ header: { "Idempotency-Key": key } });
const ifSeen = (version: number) => ({ "If-Match": `"${version}"` });

export const addOffice = (body: OfficeIn, key: string) => read(scheduler.POST("/v1/offices", { params: once(key), body }));

export const changeOffice = (office: Office, body: OfficePatch) =>
  read(
    scheduler.PATCH("/v1/offices/{reference}", {
      params: { path: { reference: office.id }, header: ifSeen(office.version) },
      body: body as Schemas["OfficePatch"],
    }),
  );

export const addProcedure = (body: ProcedureIn, key: string) =>
  read(scheduler.POST("/v1/procedures", { params: once(key), body }));

export const changeProcedure = (procedure: Procedure, body: ProcedurePatch) =>
  read(
    scheduler.PATCH("/v1/procedures/{reference}", {
      params: { path: { reference: procedure.id }, header: ifSeen(procedure.version) },
      body: body as Schemas["ProcedurePatch"],
    }),
  );

export const addRule = (officeId: string, body: RuleIn, key: string) =>
  read(
    scheduler.POST("/v1/offices/{reference}/opening-rules", {
      params: { path: { reference: officeId }, ...once(key) },
      body,
    }),
  );

const ruleParams = (rule: OpeningRule) => ({ path: { rule_id: rule.id }, header: ifSeen(rule.version) });

export const changeRule = (rule: OpeningRule, body: RuleIn) =>
  read(scheduler.PUT("/v1/opening-rules/{rule_id}", { params: ruleParams(rule), body }));

export const removeRule = (rule: OpeningRule) =>
  read(scheduler.DELETE("/v1/opening-rules/{rule_id}", { params: ruleParams(rule) }));

export const setPolicy = (seen: Policy, body: PolicyIn) =>
  read(scheduler.PUT("/v1/policy", { params: { header: ifSeen(seen.version) }, body }));

/** A change after which all offices, procedures and hours are asked anew; also after a refusal, which may mean that
 * somebody else was faster. */
export function useCatalogueChange<Wish, Result>(change: (wish: Wish) => Promise<Result>, onDone: (result: Result) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: CATALOGUE }),
  });
}

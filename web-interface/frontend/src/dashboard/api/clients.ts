/** One typed client for each service, from docs/api (`npm run api`). */
import createClient from "openapi-fetch";
import type { paths as ComplaintPaths } from "@/shared/api/generated/complaints";
import type { paths as ConversationPaths } from "@/shared/api/generated/conversations";
import type { paths as LlmPaths } from "@/shared/api/generated/llm";
import type { paths as SchedulerPaths } from "@/shared/api/generated/scheduler";
import type { paths as WhatsappPaths } from "@/shared/api/generated/whatsapp";
import { ApiError } from "@/shared/api/problem";
import { panelFetch } from "./fetch";

const client = <Paths extends object>(service: string) =>
  createClient<Paths>({ baseUrl: `${window.location.origin}/api/${service}`, fetch: panelFetch });

export const conversations = client<ConversationPaths>("conversations");
export const scheduler = client<SchedulerPaths>("scheduler");
export const complaints = client<ComplaintPaths>("complaints");
/** Documents and answers: paths as in docs/api/llm.openapi.json. */
export const llm = client<LlmPaths>("llm");
export const whatsapp = client<WhatsappPaths>("whatsapp");

type Outcome<T> = { data?: T; error?: unknown; response: Response };

/** Wait for a client's call and return its body: `await read(scheduler.GET("/v1/offices"))`.
 *
 * Throws ApiError: refused, unreachable or too slow (the client's fetch throws it).
 */
export async function read<T>(call: Promise<Outcome<T>>): Promise<T> {
  const { data, response } = await call;
  if (data === undefined && response.status !== 204) throw new ApiError("away", "unexpected_answer", null);
  return data as T;
}

/** A new key for a request that creates; the same key may be sent again without creating twice. */
export const newKey = (): string => window.crypto.randomUUID();

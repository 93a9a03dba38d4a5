import type * as z from "zod/mini";
import { ApiError, toApiError } from "./problem";

const TIMEOUT_MS = 12_000;

/** GET one of the platform's public addresses and check its answer.
 *
 * Throws ApiError: refused, unreachable, too slow, or an answer of another shape. An abort by the caller passes as it is.
 */
export async function getJson<T>(path: string, schema: z.ZodMiniType<T>, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { Accept: "application/json" },
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("away", timeout.aborted ? "timeout" : "network", null);
  }
  if (!response.ok) throw await toApiError(response);
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw new ApiError("away", "unexpected_answer", null);
  return parsed.data;
}

import * as z from "zod/mini";

/** What every service answers when something is wrong (RFC 9457). `detail` is written for people. */
const ProblemSchema = z.object({ status: z.number(), code: z.string(), detail: z.string() });

export type ApiErrorKind = "not_found" | "too_many" | "invalid" | "away";

/** A request that did not give what was asked: the office said no, or nobody answered. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly kind: ApiErrorKind,
    readonly code: string,
    /** The office's own words, when it gave any. */
    readonly detail: string | null,
    readonly retryAfterSeconds: number | null = null,
    /** HTTP status; 0 when nobody answered. */
    readonly status: number = 0,
    /** The whole problem document, for what a problem carries besides words (both versions of a complaint). */
    readonly problem: Record<string, unknown> | null = null,
  ) {
    super(code);
  }
}

function kindOf(status: number): ApiErrorKind {
  if (status === 404) return "not_found";
  if (status === 429) return "too_many";
  return status >= 400 && status < 500 ? "invalid" : "away";
}

export function parseRetryAfter(value: string | null): number | null {
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds) : null;
}

/** Read an answer that is not 2xx. A body that is no problem document (a proxy's page) still gives a usable error. */
export async function toApiError(response: Response): Promise<ApiError> {
  const wait = parseRetryAfter(response.headers.get("Retry-After"));
  const body: unknown = await response.json().catch(() => null);
  const problem = ProblemSchema.safeParse(body);
  if (!problem.success) return new ApiError(kindOf(response.status), "unreadable", null, wait, response.status);
  const { code, detail } = problem.data;
  return new ApiError(kindOf(response.status), code, detail, wait, response.status, body as Record<string, unknown>);
}

import { ApiError, toApiError } from "@/shared/api/problem";
import { endSession, getSession } from "../session/store";

const TIMEOUT_MS = 20_000;
const UPLOAD_TIMEOUT_MS = 120_000;
/** A wrong password, at the log-in or when one changes it: the token is not what was refused. */
const WRONG_PASSWORD = "login_failed";
const SWITCHED_OFF = "agent_inactive";

/** fetch for the staff's pages: with the token, with a deadline, and every failure as an ApiError.
 *
 * A refused token or account ends the session, wherever it happens: the frame then shows the log-in page.
 */
export async function panelFetch(input: Request): Promise<Response> {
  const session = getSession();
  const request = new Request(input);
  if (session) request.headers.set("Authorization", `Bearer ${session.token}`);
  const isUpload = request.headers.get("Content-Type")?.startsWith("multipart/") ?? false;
  const timeout = AbortSignal.timeout(isUpload ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(request, { signal: AbortSignal.any([input.signal, timeout]) });
  } catch (error) {
    if (input.signal.aborted) throw error;
    throw new ApiError("away", timeout.aborted ? "timeout" : "network", null);
  }
  if (response.ok) return response;
  const error = await toApiError(response);
  const isRefused = (response.status === 401 && error.code !== WRONG_PASSWORD) || error.code === SWITCHED_OFF;
  if (isRefused && getSession()?.token === session?.token) endSession("expired");
  throw error;
}

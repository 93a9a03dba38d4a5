import { ApiError } from "@/shared/api/problem";
import { Notice } from "@/shared/ui/Notice";
import { fill } from "@/shared/ui/text";
import { useCountdown } from "../hooks/useCountdown";
import texts from "../texts/es-CL.json";

/** Why the complaint cannot be shown, in the office's own words when it gave any. */
export function FollowError({ error }: { error: Error }) {
  const api = error instanceof ApiError ? error : null;
  const fallback = api?.kind === "away" ? texts.error_away : texts.error_unknown;
  return (
    <Notice tone="alert" heading="h2" title={texts.error_title}>
      <p>{api?.detail ?? fallback}</p>
      {api?.kind === "too_many" && api.retryAfterSeconds !== null && <Wait seconds={api.retryAfterSeconds} />}
    </Notice>
  );
}

function Wait({ seconds }: { seconds: number }) {
  // Not announced at every second: the alert around it is read once, when it appears.
  return <p aria-live="off">{waitText(useCountdown(seconds))}</p>;
}

export function waitText(left: number): string {
  if (left <= 0) return texts.wait_over;
  if (left === 1) return texts.wait_seconds_one;
  if (left < 60) return fill(texts.wait_seconds, { count: left });
  const minutes = Math.ceil(left / 60);
  return minutes === 1 ? texts.wait_minutes_one : fill(texts.wait_minutes, { count: minutes });
}

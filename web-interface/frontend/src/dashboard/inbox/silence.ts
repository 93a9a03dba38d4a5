import type { InboxText } from "./names";

const MINUTE = 60_000;

/** How long the assistant is silent still, to the nearest minute; null when it is over.
 *
 * The page's clock may be half a minute late, which must not make 24 hours longer than they are.
 */
export function silenceLeft(until: string, now: number, t: InboxText): string | null {
  const left = new Date(until).getTime() - now;
  if (left <= 0) return null;
  const all = Math.max(1, Math.ceil(left / MINUTE - 0.5));
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return t("minutes", { minutes });
  return minutes === 0 ? t("hours", { hours }) : t("hours_minutes", { hours, minutes });
}

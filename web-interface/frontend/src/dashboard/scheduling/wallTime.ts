/** Wall-clock times of an office. The service writes them with their offset; a calendar draws only the wall clock. */

/** `2026-11-24T10:15:00` of `2026-11-24T10:15:00-03:00`: what the clock at the office shows. */
export const wallOf = (iso: string): string => iso.slice(0, 19);

/** The office's clock at a moment, as `2026-11-24T10:15:00`. */
export function wallAt(moment: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  }).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

/** The moment (ISO, UTC) at which the office's clock shows a wall time.
 *
 * An hour that the clock skips gives the moment after the change; one that happens twice gives the first.
 */
export function momentOf(wall: string, zone: string): string {
  const asUtc = Date.parse(`${wall}Z`);
  const offset = (moment: number) => Date.parse(`${wallAt(moment, zone)}Z`) - moment;
  const earlier = asUtc - offset(asUtc - 86_400_000);
  const later = asUtc - offset(asUtc + 86_400_000);
  const fits = [earlier, later].filter((moment) => Date.parse(`${wallAt(moment, zone)}Z`) === asUtc);
  return new Date(fits.length > 0 ? Math.min(...fits) : Math.max(earlier, later)).toISOString();
}

/** A day some days later; days are `2026-11-24`. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}

/** Monday of the week of a day. */
export function mondayOf(day: string): string {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/** A day written `2026-11-24`, in words. */
export function dayInWords(day: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(new Date(`${day}T00:00:00Z`));
}

export const isDay = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** Times as people read them, in the office's zone. */
import type { Locale, Translate } from "@/shared/i18n";

export interface Dates {
  /** `14:05` */
  time: (at: number) => string;
  /** Two moments of the same day have the same key. */
  dayKey: (at: number) => string;
  /** `Hoy`, `Ayer`, or `lunes 23 de noviembre`. */
  day: (at: number, now: number) => string;
}

const DAY_MS = 86_400_000;

function formatter(locale: Locale, zone: string | null | undefined, options: Intl.DateTimeFormatOptions) {
  const tag = locale === "en" ? "en-GB" : locale;
  try {
    return new Intl.DateTimeFormat(tag, { ...options, ...(zone ? { timeZone: zone } : {}) });
  } catch {
    return new Intl.DateTimeFormat(tag, options);
  }
}

/** Return the formats of one locale and zone; an unknown zone falls back to the browser's own. */
export function dates(locale: Locale, zone: string | null | undefined, t: Translate): Dates {
  const clock = formatter(locale, zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const key = formatter(locale, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  const long = formatter(locale, zone, { weekday: "long", day: "numeric", month: "long" });
  const dayKey = (at: number) => key.format(at);
  return {
    time: (at) => clock.format(at),
    dayKey,
    day: (at, now) => {
      if (dayKey(at) === dayKey(now)) return t("chat.today");
      if (dayKey(at) === dayKey(now - DAY_MS)) return t("chat.yesterday");
      return long.format(at).replace(",", "");
    },
  };
}

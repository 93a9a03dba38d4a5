import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { tenantQuery } from "@/shared/api/queries";
import { useMe } from "../session/store";
import { useLanguage } from "../shell/i18n";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A day without a time is that day in every zone of Chile, and not the evening before. */
const moment = (iso: string | number) =>
  new Date(typeof iso === "string" && /^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T16:00:00Z` : iso);

/** Dates and numbers in the person's language and the office's zone. `now` is given so that a render stays pure. */
export function formats(locale: string, timeZone: string) {
  const make = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const clock = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const shortDay = make({ day: "numeric", month: "short" });
  const longDay = make({ weekday: "long", day: "numeric", month: "long" });
  const full = make({ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const key = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  const count = new Intl.NumberFormat(locale);
  return {
    time: (iso: string) => clock.format(moment(iso)),
    /** "5 oct." */
    day: (iso: string) => shortDay.format(moment(iso)),
    /** "lunes, 5 de octubre" */
    longDay: (iso: string) => longDay.format(moment(iso)),
    dateTime: (iso: string) => full.format(moment(iso)),
    /** 2026-10-05 in the office's zone: to compare days. */
    dayKey: (iso: string | number) => key.format(moment(iso)),
    number: (value: number) => count.format(value),
    /** "hace 5 min". */
    ago: (iso: string, now: number) => {
      const past = moment(iso).getTime() - now;
      if (Math.abs(past) < MINUTE) return locale.startsWith("en") ? "just now" : "hace un momento";
      if (Math.abs(past) < HOUR) return ago.format(Math.round(past / MINUTE), "minute");
      if (Math.abs(past) < DAY) return ago.format(Math.round(past / HOUR), "hour");
      return ago.format(Math.round(past / DAY), "day");
    },
  };
}
export type Formats = ReturnType<typeof formats>;

/** The office's public face: name, colours, zone. */
export function useTenant() {
  return useQuery(tenantQuery(useMe().tenant)).data;
}

export function useFormats(): Formats {
  const zone = useTenant()?.timezone ?? "America/Santiago";
  const language = useLanguage();
  return useMemo(() => formats(language, zone), [language, zone]);
}

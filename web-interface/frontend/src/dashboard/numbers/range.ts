/** The days that the numbers are about. They stand in the address, so that a page can be passed on. */
import { useSearchParams } from "wouter";
import { useFormats } from "../ui/format";
import { useNow } from "../ui/useNow";

export type Range = { from: string; to: string };

export const PRESETS = [7, 30, 90, 365] as const;
const DEFAULT_DAYS = 30;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

/** A calendar day moved by some days; days have no zone. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const isDay = (value: string | null): value is string =>
  value !== null && DAY.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));

/** The range that an address asks for; the last thirty days where it asks for none, or for one that makes no sense. */
export function rangeOf(from: string | null, to: string | null, today: string): Range {
  if (isDay(from) && isDay(to) && from <= to) return { from, to };
  return lastDays(DEFAULT_DAYS, today);
}

export const lastDays = (days: number, today: string): Range => ({ from: addDays(today, 1 - days), to: today });

/** Every day of a range, both ends included. */
export function daysOf({ from, to }: Range): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

export function useRange() {
  const [search, setSearch] = useSearchParams();
  const format = useFormats();
  const today = format.dayKey(useNow(60_000));
  return {
    range: rangeOf(search.get("desde"), search.get("hasta"), today),
    today,
    setRange: (range: Range) => setSearch({ desde: range.from, hasta: range.to }, { replace: true }),
  };
}

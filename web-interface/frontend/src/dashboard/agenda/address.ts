/** What the agenda shows is in its address: it can be sent to a colleague, and "back" works. */
import { useSearchParams } from "wouter";
import { isDay } from "../scheduling/wallTime";
import type { Filters } from "./data";

export const VIEWS = ["day", "week", "month"] as const;
export type View = (typeof VIEWS)[number];

const WORDS: Record<View, string> = { day: "dia", week: "semana", month: "mes" };

export type Address = { view: View; day: string; filters: Filters; withCancelled: boolean; open: string };

export function useAddress(today: string, usual: View): [Address, (changes: Partial<Address>) => void] {
  const [params, setParams] = useSearchParams();
  const day = params.get("fecha");
  const address: Address = {
    view: VIEWS.find((view) => WORDS[view] === params.get("vista")) ?? usual,
    day: isDay(day) ? day : today,
    filters: { officeId: params.get("oficina") ?? "", procedureId: params.get("tramite") ?? "" },
    withCancelled: params.get("anuladas") === "1",
    open: params.get("hora") ?? "",
  };
  const change = (changes: Partial<Address>) => {
    const next = { ...address, ...changes };
    setParams((before) => {
      const after = new URLSearchParams(before);
      const put = (name: string, value: string, usually = "") => {
        if (value === usually) after.delete(name);
        else after.set(name, value);
      };
      put("vista", WORDS[next.view], WORDS[usual]);
      put("fecha", next.day, today);
      put("oficina", next.filters.officeId);
      put("tramite", next.filters.procedureId);
      put("anuladas", next.withCancelled ? "1" : "");
      put("hora", next.open);
      return after;
    });
  };
  return [address, change];
}

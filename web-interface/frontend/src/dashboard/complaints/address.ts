/** The filters of the list, as the page's address has them: a link shows the same list to somebody else. */
import type { operations } from "@/shared/api/generated/complaints";
import type { Status } from "./data";

export type View = "table" | "board" | "map";
export const VIEWS: readonly View[] = ["table", "board", "map"];

export type Filters = {
  status: Status[];
  category: string;
  unit: string;
  assignee: string;
  overdue: boolean;
  q: string;
  from: string;
  to: string;
  sort: "" | "created" | "due";
};

const WORDS = ["category", "unit", "assignee", "q", "from", "to", "sort"] as const;

export function filtersOf(params: URLSearchParams): Filters {
  const text = (name: string) => params.get(name) ?? "";
  const sort = text("sort");
  return {
    status: params.getAll("status") as Status[],
    category: text("category"),
    unit: text("unit"),
    assignee: text("assignee"),
    overdue: text("overdue") === "true",
    q: text("q"),
    from: text("from"),
    to: text("to"),
    sort: sort === "due" || sort === "created" ? sort : "",
  };
}

export function viewOf(params: URLSearchParams): View {
  return VIEWS.find((view) => view === params.get("view")) ?? "table";
}

/** Return an address with other filters; what is not said stays out of it. */
export function withFilters(params: URLSearchParams, filters: Filters): URLSearchParams {
  const next = new URLSearchParams();
  const view = params.get("view");
  if (view) next.set("view", view);
  for (const status of filters.status) next.append("status", status);
  for (const name of WORDS) if (filters[name]) next.set(name, filters[name]);
  if (filters.overdue) next.set("overdue", "true");
  return next;
}

export function isFiltered(filters: Filters): boolean {
  return filters.status.length > 0 || filters.overdue || WORDS.some((name) => name !== "sort" && filters[name] !== "");
}

export const NO_FILTERS: Filters = filtersOf(new URLSearchParams());

type Query = NonNullable<operations["list_complaints_v1_complaints_get"]["parameters"]["query"]>;

/** Return what the service is asked. */
export function queryOf(filters: Filters): Query {
  const query: Query = {};
  if (filters.status.length) query.status = filters.status;
  for (const name of ["category", "unit", "assignee", "q", "from", "to"] as const) {
    if (filters[name]) query[name] = filters[name];
  }
  if (filters.overdue) query.overdue = true;
  if (filters.sort) query.sort = filters.sort;
  return query;
}

let lastList = "";

/** Remember the list that is shown, so that the way back from a complaint leads to it. */
export function rememberList(params: URLSearchParams): void {
  const text = params.toString();
  lastList = text ? `?${text}` : "";
}

export const listAddress = (): string => `/reclamos${lastList}`;

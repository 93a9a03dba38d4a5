import { queryOptions } from "@tanstack/react-query";
import type * as z from "zod/mini";
import { ApiError, toApiError } from "@/shared/api/problem";
import { getJson } from "@/shared/api/request";
import { AccountListSchema, type Entry, EntrySchema, type Faults, FaultsSchema, type Place } from "./schemas";

export const API = "/simulator/api";

/** A recording is converted by the simulator, and a document may be large. */
const TIMEOUT_MS = 60_000;

export const accountsQuery = queryOptions({
  queryKey: ["simulator", "offices"],
  queryFn: ({ signal }) => getJson(`${API}/accounts`, AccountListSchema, signal),
});

/** Other pages and tests turn the same switches. */
export const faultsQuery = queryOptions({
  queryKey: ["simulator", "faults"],
  queryFn: ({ signal }) => getJson(`${API}/faults`, FaultsSchema, signal),
  refetchInterval: 5_000,
});

async function send(method: string, path: string, body: object | FormData): Promise<Response> {
  const isForm = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(`${API}${path}`, {
      method,
      body: isForm ? body : JSON.stringify(body),
      headers: { Accept: "application/json", ...(isForm ? {} : { "Content-Type": "application/json" }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError("away", "network", null);
  }
  if (!response.ok) throw await toApiError(response);
  return response;
}

async function sendAndRead<T>(method: string, path: string, body: object | FormData, schema: z.ZodMiniType<T>): Promise<T> {
  const response = await send(method, path, body);
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw new ApiError("away", "unexpected_answer", null);
  return parsed.data;
}

export type Outgoing =
  | { type: "text"; text: string }
  | { type: "choice"; message_id: string; choice_id: string }
  | { type: "location"; location: Omit<Place, "name"> }
  | { type: "reaction"; message_id: string; emoji: string }
  | { type: "unsupported" };

export type OutgoingFile = { kind: "image" | "document" | "voice"; file: Blob; name: string; caption?: string };

export async function putPhone(number: string, name: string): Promise<void> {
  await send("PUT", `/phones/${number}`, { name });
}

export async function removePhone(number: string): Promise<void> {
  await send("DELETE", `/phones/${number}`, {});
}

export function write(number: string, account: string, message: Outgoing): Promise<Entry> {
  return sendAndRead("POST", `/phones/${number}/messages`, { account, ...message }, EntrySchema);
}

export function writeFile(number: string, account: string, { kind, file, name, caption }: OutgoingFile): Promise<Entry> {
  const form = new FormData();
  form.set("account", account);
  form.set("kind", kind);
  form.set("caption", caption ?? "");
  form.set("file", file, name);
  return sendAndRead("POST", `/phones/${number}/files`, form, EntrySchema);
}

export async function markRead(number: string, account: string): Promise<void> {
  await send("POST", `/phones/${number}/read`, { account });
}

export function putFaults(faults: Partial<Faults>): Promise<Faults> {
  return sendAndRead("PUT", "/faults", faults, FaultsSchema);
}

export function fileUrl(id: string): string {
  return `${API}/media/${encodeURIComponent(id)}`;
}

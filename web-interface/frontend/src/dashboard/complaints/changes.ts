/** Changes of one complaint: each names the version that was seen, and a conflict is shown, not hidden. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError } from "@/shared/api/problem";
import { complaints, read } from "../api/clients";
import { type Complaint, type Status, useTakeChanged } from "./data";

export type Wish =
  | { verb: "status"; body: { status: Status; reason: string } }
  | { verb: "assign"; body: { assignee: string | null; unit?: string } }
  | { verb: "comments"; body: { text: string; public: boolean } }
  | { verb: "merge"; body: { into: string; reason: string } }
  | { verb: "attachments"; body: { attachment_ids: string[] } };

/** Somebody was faster: what one saw is with the caller, this is what is there now. */
export type Conflict = { wish: Wish; current: Complaint };

function send(folio: string, version: number, wish: Wish): Promise<Complaint> {
  const params = { path: { folio } };
  switch (wish.verb) {
    case "status":
      return read(complaints.POST("/v1/complaints/{folio}/status", { params, body: { ...wish.body, version } }));
    case "assign":
      return read(complaints.POST("/v1/complaints/{folio}/assign", { params, body: { ...wish.body, version } }));
    case "comments":
      return read(complaints.POST("/v1/complaints/{folio}/comments", { params, body: { ...wish.body, version } }));
    case "merge":
      return read(complaints.POST("/v1/complaints/{folio}/merge", { params, body: { ...wish.body, version } }));
    case "attachments":
      return read(complaints.POST("/v1/complaints/{folio}/attachments", { params, body: { ...wish.body, version } }));
  }
}

/** Both versions, when a change was refused because of another one. */
export function conflictOf(error: unknown, wish: Wish): Conflict | null {
  if (!(error instanceof ApiError) || error.code !== "version_conflict") return null;
  const current = error.problem?.["current"];
  return current ? { wish, current: current as Complaint } : null;
}

/** Change a complaint as it was seen.
 *
 * @param seen - folio and version that the person looks at
 * @param onDone - called with the complaint as it stands after the change, and the change
 */
export function useChange(seen: { folio: string; version: number }, onDone: (complaint: Complaint, wish: Wish) => void) {
  const take = useTakeChanged();
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const mutation = useMutation({
    mutationFn: ({ wish, version }: { wish: Wish; version: number }) => send(seen.folio, version, wish),
    onSuccess: (complaint, { wish }) => {
      setConflict(null);
      take(complaint);
      onDone(complaint, wish);
    },
    onError: (error, { wish }) => setConflict(conflictOf(error, wish)),
  });
  return {
    conflict,
    busy: mutation.isPending,
    /** What went wrong, unless it is the conflict. */
    error: mutation.isError && !conflictOf(mutation.error, mutation.variables.wish) ? mutation.error : null,
    change: (wish: Wish) => mutation.mutate({ wish, version: seen.version }),
    applyAnyway: () => conflict && mutation.mutate({ wish: conflict.wish, version: conflict.current.version }),
    leave: () => {
      if (conflict) take(conflict.current);
      setConflict(null);
    },
  };
}
export type Change = ReturnType<typeof useChange>;

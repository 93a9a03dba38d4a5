import { useQueryClient } from "@tanstack/react-query";
import { AGENDA_KEY } from "./data";

/** Ask for what the agenda shows again, at once: after one's own change one does not wait for the event. */
export function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: AGENDA_KEY });
}

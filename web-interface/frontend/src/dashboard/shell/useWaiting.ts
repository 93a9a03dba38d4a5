import { useQuery } from "@tanstack/react-query";
import { conversations, read } from "../api/clients";
import { useRefetchOn } from "../live/hooks";

const KEY = ["shell", "waiting"] as const;
/** One more than is ever shown in figures: "99+". */
const ENOUGH = 100;

/** How many people wait for an official now, wherever in the panel one is. */
export function useWaiting(): number {
  useRefetchOn(["munbot.conversation."], () => [KEY]);
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) =>
      read(conversations.GET("/v1/conversations", { params: { query: { waiting: true, status: "open", limit: ENOUGH } }, signal })),
  });
  return data?.items.length ?? 0;
}

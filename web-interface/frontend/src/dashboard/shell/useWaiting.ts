import { useQuery } from "@tanstack/react-query";
import { conversations, read } from "../api/clients";
import { useRefetchOn } from "../live/hooks";

const KEY = ["shell", "waiting"] as const;

/** How many people wait for an official now, wherever in the panel one is. */
export function useWaiting(): number {
  useRefetchOn(["munbot.conversation."], () => [KEY]);
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => read(conversations.GET("/v1/conversations/waiting", { signal })),
  });
  return data?.count ?? 0;
}

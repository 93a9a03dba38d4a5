import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/chat";
import { read } from "../api/clients";
import { gateway } from "../api/gateway";

type Schemas = components["schemas"];
export type ServiceHealth = Schemas["ServiceHealth"];
export type QueueState = Schemas["QueueState"];
export type DeadLetter = Schemas["DeadLetter"];
export type LetterAction = "replay" | "discard";

/** Health has no events: it is asked while somebody looks. */
const EVERY_MS = 10_000;

export const useServices = () =>
  useQuery({
    queryKey: ["health", "services"],
    queryFn: ({ signal }) => read(gateway.GET("/api/operations/v1/services", { signal })),
    refetchInterval: EVERY_MS,
  });

export const useQueues = () =>
  useQuery({
    queryKey: ["health", "queues"],
    queryFn: ({ signal }) => read(gateway.GET("/api/operations/v1/queues", { signal })),
    refetchInterval: EVERY_MS,
  });

export const useDeadLetters = () =>
  useQuery({
    queryKey: ["health", "letters"],
    queryFn: ({ signal }) => read(gateway.GET("/api/operations/v1/dead-letters", { signal })),
    refetchInterval: EVERY_MS,
  });

/** The most that the service takes in one request. */
const BATCH = 500;

/** Send letters to their consumer once more, or take them away: one request for each queue. */
export function useLetterAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ action, letters }: { action: LetterAction; letters: readonly DeadLetter[] }) => {
      const outcome = { done: 0, missing: 0 };
      for (const queue of new Set(letters.map((letter) => letter.queue))) {
        const ids = letters.filter((letter) => letter.queue === queue).map((letter) => letter.id);
        for (let from = 0; from < ids.length; from += BATCH) {
          const body = { queue, ids: ids.slice(from, from + BATCH) };
          const answer = await read(
            action === "replay"
              ? gateway.POST("/api/operations/v1/dead-letters/replay", { body })
              : gateway.POST("/api/operations/v1/dead-letters/discard", { body }),
          );
          outcome.done += answer.done.length;
          outcome.missing += answer.missing.length;
        }
      }
      return outcome;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["health"] }),
  });
}

import { QueryClient } from "@tanstack/react-query";
import { shouldRetry } from "@/shared/api/queries";

/** What is shown stays until an event, or a person, asks anew; after a lost connection everything is asked again (live/). */
export function createPanelQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 30_000, gcTime: 5 * 60_000, retry: shouldRetry, refetchOnWindowFocus: false },
      // Without a network a step fails at once and is told: it does not happen by itself much later.
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

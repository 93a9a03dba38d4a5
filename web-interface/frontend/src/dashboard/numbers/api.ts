import { useQuery } from "@tanstack/react-query";
import { complaints, conversations, read, scheduler } from "../api/clients";
import type { Range } from "./range";

/** Numbers move slowly: they are asked anew while somebody looks, not at every event. */
const EVERY_MS = 60_000;

export const useConversationNumbers = (range: Range) =>
  useQuery({
    queryKey: ["numbers", "conversations", range],
    queryFn: ({ signal }) => read(conversations.GET("/v1/numbers", { params: { query: range }, signal })),
    refetchInterval: EVERY_MS,
  });

export const useAppointmentNumbers = (range: Range) =>
  useQuery({
    queryKey: ["numbers", "appointments", range],
    queryFn: ({ signal }) => read(scheduler.GET("/v1/numbers", { params: { query: range }, signal })),
    refetchInterval: EVERY_MS,
  });

export const useComplaintNumbers = (range: Range) =>
  useQuery({
    queryKey: ["numbers", "complaints", range],
    queryFn: ({ signal }) => read(complaints.GET("/v1/numbers", { params: { query: range }, signal })),
    refetchInterval: EVERY_MS,
  });

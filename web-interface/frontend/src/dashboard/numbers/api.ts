import { useQuery } from "@tanstack/react-query";
import { complaints, conversations, dataLake, read, scheduler } from "../api/clients";
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

/** Figures of each month from the archive of events: the services themselves answer for a year at most. */
export const useYears = (range: Range) =>
  useQuery({
    queryKey: ["numbers", "years", range],
    queryFn: ({ signal }) => read(dataLake.GET("/v1/figures", { params: { query: { ...range, group: "month" } }, signal })),
  });

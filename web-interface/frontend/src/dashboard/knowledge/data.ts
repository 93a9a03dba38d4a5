/** What the pages of knowledge ask the services. */
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { components as HubComponents } from "@/shared/api/generated/conversations";
import type { components } from "@/shared/api/generated/llm";
import { conversations, llm, read } from "../api/clients";

export type Question = HubComponents["schemas"]["QuestionItem"];
export type Kind = Question["kind"];
export type Order = "count" | "recent";
export type KnownDocument = components["schemas"]["DocumentOut"];
export type Pair = components["schemas"]["PairOut"];

type Cursor = { cursor?: string };
const FIRST: Cursor = {};
const next = (page: { next_cursor: string | null }): Cursor | undefined =>
  page.next_cursor ? { cursor: page.next_cursor } : undefined;

export const questionsQuery = (kind: Kind, order: Order) =>
  infiniteQueryOptions({
    queryKey: ["knowledge", "questions", kind, order],
    queryFn: ({ pageParam, signal }) =>
      read(conversations.GET("/v1/unanswered", { params: { query: { kind, order, limit: 30, ...pageParam } }, signal })),
    initialPageParam: FIRST,
    getNextPageParam: next,
  });

export const documentsQuery = infiniteQueryOptions({
  queryKey: ["knowledge", "documents"],
  queryFn: ({ pageParam, signal }) =>
    read(llm.GET("/v1/knowledge/documents", { params: { query: { kind: "document", limit: 50, ...pageParam } }, signal })),
  initialPageParam: FIRST,
  getNextPageParam: next,
});

export const pairsQuery = infiniteQueryOptions({
  queryKey: ["knowledge", "pairs"],
  queryFn: ({ pageParam, signal }) => read(llm.GET("/v1/knowledge/pairs", { params: { query: { limit: 50, ...pageParam } }, signal })),
  initialPageParam: FIRST,
  getNextPageParam: next,
});

const PASSAGES = 20;

export const passagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["knowledge", "passages", id],
    queryFn: ({ pageParam, signal }) =>
      read(
        llm.GET("/v1/knowledge/documents/{document_id}/passages", {
          params: { path: { document_id: id }, query: { offset: pageParam, limit: PASSAGES } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page, _pages, offset) => (offset + PASSAGES < page.total ? offset + PASSAGES : undefined),
  });

/** Upload a file: a new document, or the next version of the one with this name. */
export async function uploadDocument(file: File) {
  const form = new FormData();
  form.append("file", file);
  // The schema knows a file as a string; what is sent is the form.
  return read(llm.POST("/v1/knowledge/documents", { body: { file: file.name }, bodySerializer: () => form }));
}

/** Fetch a document's file and hand it to the browser as a download. */
export async function downloadDocument(document: KnownDocument): Promise<void> {
  const params = { path: { document_id: document.id } };
  const file = await read<Blob>(llm.GET("/v1/knowledge/documents/{document_id}/source", { params, parseAs: "blob" }));
  const link = window.document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = document.filename;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

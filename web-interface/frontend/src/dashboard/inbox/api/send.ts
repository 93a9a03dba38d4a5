import { conversations, read } from "../../api/clients";
import { panelFetch } from "../../api/fetch";
import type { Pending } from "./outbox";
import type { Message } from "./queries";

/** The service's own limit of a file. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;
/** The service's own limit of what is said of a file. */
export const MAX_CAPTION = 1_000;

async function sendFile(entry: Pending, file: File): Promise<Message> {
  const body = new FormData();
  body.set("file", file, file.name);
  if (entry.text) body.set("text", entry.text);
  const response = await panelFetch(
    new Request(`/api/conversations/v1/conversations/${entry.conversationId}/files`, {
      method: "POST",
      body,
      headers: { "Idempotency-Key": entry.key },
    }),
  );
  return (await response.json()) as Message;
}

/** Send what an official wrote. With the same key the service answers the same message again. */
export function sendEntry(entry: Pending): Promise<Message> {
  if (entry.file) return sendFile(entry, entry.file);
  return read(
    conversations.POST("/v1/conversations/{conversation_id}/messages", {
      params: { path: { conversation_id: entry.conversationId }, header: { "Idempotency-Key": entry.key } },
      body: { text: entry.text },
    }),
  );
}

/** A message's file, for somebody who may read the conversation. */
export async function fetchMedia(messageId: string, signal: AbortSignal): Promise<Blob> {
  const response = await panelFetch(new Request(`/api/conversations/v1/messages/${messageId}/media`, { signal }));
  return response.blob();
}

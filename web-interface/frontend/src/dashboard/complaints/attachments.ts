/** Files of a complaint: announced, put at a signed address, checked by the service, and hung on the complaint. */
import { ApiError } from "@/shared/api/problem";
import { complaints, read } from "../api/clients";

export const MAX_BYTES = 10 * 1024 * 1024;
export const TYPES = ["image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf", "video/mp4"] as const;

/** Upload one file; returns its id. The service looks at the first bytes and refuses what is not what it says. */
export async function upload(file: File): Promise<string> {
  const body = { filename: file.name, content_type: file.type, size: file.size };
  const ticket = await read(complaints.POST("/v1/attachments", { body }));
  const put = await fetch(ticket.upload_url, { method: "PUT", body: file, headers: ticket.headers }).catch(() => null);
  if (!put?.ok) throw new ApiError("away", "upload_failed", null);
  const params = { path: { attachment_id: ticket.id } };
  return (await read(complaints.POST("/v1/attachments/{attachment_id}/complete", { params }))).id;
}

/** Return a short-lived address of a file. */
export async function addressOf(id: string): Promise<string> {
  return (await read(complaints.GET("/v1/attachments/{attachment_id}", { params: { path: { attachment_id: id } } }))).url;
}

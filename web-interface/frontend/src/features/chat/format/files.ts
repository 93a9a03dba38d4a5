/** How a file is told: what it is, its name, its type and size. */
import type { MessageFile } from "../engine/protocol";

export type FileLook = "photo" | "sound" | "document";

/** Types that a browser shows without running anything of them; all others are only ever saved. */
const PHOTO = /^image\/(jpeg|png|webp|gif)$/;

export function lookOf(file: MessageFile): FileLook {
  if (PHOTO.test(file.content_type)) return "photo";
  return file.content_type.startsWith("audio/") ? "sound" : "document";
}

/** The type in the few letters that people know it by: the name's ending, which the office gave by the content. */
export function typeOf(file: MessageFile): string {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(file.filename ?? "")?.[1] ?? file.content_type.split("/").at(-1) ?? "";
  return ending.toUpperCase();
}

/** A size as people read it: whole kB, MB with one decimal. */
export function sizeOf(bytes: number, locale: string): string {
  const isLarge = bytes >= 1_000_000;
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: isLarge ? 1 : 0 });
  return isLarge ? `${format.format(bytes / 1_000_000)} MB` : `${format.format(Math.max(1, Math.round(bytes / 1_000)))} kB`;
}

/** Times, sizes and days as Chileans write them. */
const TIME = new Intl.DateTimeFormat("es-CL", { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("es-CL", { weekday: "long", day: "numeric", month: "long" });
const NUMBER = new Intl.NumberFormat("es-CL", { maximumFractionDigits: 1 });

export const timeOf = (iso: string) => TIME.format(new Date(iso));
export const dayOf = (iso: string) => DAY.format(new Date(iso));

export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${NUMBER.format(bytes / 1_000_000)} MB`;
}

const BOLD = /(?<![\p{L}\p{N}*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}*])/gu;

/** Split at what WhatsApp shows in bold: *words* between asterisks. Every second part, from the second on, is bold. */
export function boldParts(text: string): string[] {
  return text.split(BOLD);
}

/** What a citizen may type, read kindly. Only shapes: whether a folio or RUT is right is for the office to say. */

const FOLIO = /^(?:REC)?-?(\d{4})(?:-(\d{1,9})-|-?(\d{6,9}))([0-9K])$/;
const RUT_END = /^\d{3}[\dK]$/;
/** Fewer characters than this are no whole RUT. */
const WHOLE_RUT = 7;

/** Return the folio as the office writes it (`rec 2026 13 7` → `REC-2026-000013-7`), or null when it has another shape. */
export function readFolio(typed: string): string | null {
  const plain = typed
    .normalize("NFKC")
    .trim()
    .toUpperCase()
    .replace(/[\s._/\u2010-\u2015-]+/g, "-");
  const found = FOLIO.exec(plain);
  if (!found) return null;
  const number = (found[2] ?? found[3])!.padStart(6, "0");
  return `REC-${found[1]}-${number}-${found[4]}`;
}

/** Return the last four characters of a RUT. Somebody who writes the whole RUT is right too; null for any other shape. */
export function readRutEnd(typed: string): string | null {
  const plain = typed.replace(/[\s.\-\u2010-\u2015]/g, "").toUpperCase();
  const end = plain.length >= WHOLE_RUT && /^\d+[\dK]$/.test(plain) ? plain.slice(-4) : plain;
  return RUT_END.test(end) ? end : null;
}

/** The three steps that a citizen cares about, by the office's state. */
export function stepOf(status: string): 0 | 1 | 2 {
  if (status === "received") return 0;
  return status === "resolved" || status === "rejected" || status === "closed" ? 2 : 1;
}

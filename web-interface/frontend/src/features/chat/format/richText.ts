/** Plain text as blocks and links. Nothing here makes HTML: React draws what comes out as text. */

export type Inline = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

export type Block =
  | { kind: "paragraph"; lines: Inline[][] }
  | { kind: "list"; ordered: boolean; start: number; items: Inline[][] };

const URL_PATTERN = /https?:\/\/[^\s<>"'«»]+/gi;
const BULLET = /^\s*[•▪·*-]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(.*)$/;
const OPENING: Record<string, string> = { ")": "(", "]": "[" };

/** Return the address without the punctuation that ends the sentence around it. */
function trimmed(url: string): string {
  let end = url.length;
  while (end > 0) {
    const last = url.charAt(end - 1);
    const opening = OPENING[last];
    const body = url.slice(0, end);
    const unmatched = opening !== undefined && body.split(opening).length < body.split(last).length;
    if (!/[.,;:!?…]/.test(last) && !unmatched) break;
    end -= 1;
  }
  return url.slice(0, end);
}

function safeHref(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Split one line into text and http(s) links. */
export function inline(line: string): Inline[] {
  const parts: Inline[] = [];
  let done = 0;
  for (const match of line.matchAll(URL_PATTERN)) {
    const text = trimmed(match[0]);
    const href = safeHref(text);
    if (!href) continue;
    if (match.index > done) parts.push({ kind: "text", text: line.slice(done, match.index) });
    parts.push({ kind: "link", text, href });
    done = match.index + text.length;
  }
  if (done < line.length) parts.push({ kind: "text", text: line.slice(done) });
  return parts;
}

/** Split a bubble's text into paragraphs (by empty lines) and lists (`•`, `-`, `*`, `1.`). */
export function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: Block | null = null;
  for (const line of text.replace(/\r\n?/g, "\n").trim().split("\n")) {
    const number = NUMBER.exec(line);
    const bullet = number ? null : BULLET.exec(line);
    const item = number?.[2] ?? bullet?.[1];
    if (item !== undefined) {
      const ordered = number !== null;
      if (open?.kind !== "list" || open.ordered !== ordered) {
        open = { kind: "list", ordered, start: Number(number?.[1] ?? 1), items: [] };
        found.push(open);
      }
      open.items.push(inline(item));
    } else if (line.trim() === "") {
      open = null;
    } else {
      if (open?.kind !== "paragraph") {
        open = { kind: "paragraph", lines: [] };
        found.push(open);
      }
      open.lines.push(inline(line));
    }
  }
  return found;
}

/** Put values into a text from a resource file: `fill("Hola {name}", { name })`. A name without a value stays visible. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Fold a text for searching: no case, no accents. */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase();
}

/** Whether every word of the query begins a word of the text. */
export function matches(query: string, text: string): boolean {
  const haystack = ` ${fold(text).replace(/[^\p{L}\p{N}]+/gu, " ")}`;
  return fold(query)
    .split(/[^\p{L}\p{N}]+/u)
    .every((word) => haystack.includes(` ${word}`));
}

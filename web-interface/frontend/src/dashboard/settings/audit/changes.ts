type State = Record<string, unknown> | null;
/** `before` is null where the log only tells how it is now. */
export type Change = { name: string; before: string | null; after: string };
/** What fields and their values are called. */
export type Words = { field: (name: string) => string; value: (field: string, value: Plain) => string };
type Plain = string | number | boolean;

/** What identifies a thing stands beside it already. */
const IDENTIFYING = ["id", "folio"];
/** What lists names of fields. */
const NAMING = ["fields", "changed", "known"];

/** Return a value as words; a list by what its members are called. */
function shown(field: string, value: unknown, words: Words): string {
  if (value == null) return "";
  if (Array.isArray(value)) return value.map((each) => shown(field, each, words)).join(", ");
  if (typeof value === "string" && NAMING.includes(field)) return words.field(value);
  return typeof value === "object" ? JSON.stringify(value) : words.value(field, value as Plain);
}

/** What differs between two states of a thing; empty words where it was not there. */
export function differences(before: State, after: State, words: Words): Change[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .filter((name) => !IDENTIFYING.includes(name))
    .map((name) => ({ name, old: before?.[name], now: after?.[name] }))
    .filter(({ old, now }) => JSON.stringify(old ?? null) !== JSON.stringify(now ?? null))
    .map(({ name, old, now }) => ({
      name,
      before: old === undefined ? null : shown(name, old, words),
      after: shown(name, now, words),
    }));
}

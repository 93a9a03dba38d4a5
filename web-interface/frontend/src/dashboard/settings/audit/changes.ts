type State = Record<string, unknown> | null;
export type Change = { name: string; before: string; after: string };

/** Return a value as words; a list, such as one of fields, by what its members are called. */
function shown(value: unknown, called: (word: string) => string): string {
  if (Array.isArray(value)) return value.map((member) => (typeof member === "string" ? called(member) : shown(member, called))).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What differs between two states of a thing; empty words where it was not there. */
export function differences(before: State, after: State, called: (word: string) => string): Change[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name, old: before?.[name], now: after?.[name] }))
    .filter(({ old, now }) => JSON.stringify(old ?? null) !== JSON.stringify(now ?? null))
    .map(({ name, old, now }) => ({
      name,
      before: old == null ? "" : shown(old, called),
      after: now == null ? "" : shown(now, called),
    }));
}

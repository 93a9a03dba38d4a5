type State = Record<string, unknown> | null;
export type Change = { name: string; before: string; after: string };

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What differs between two states of a thing; empty words where it was not there. */
export function differences(before: State, after: State): Change[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({ name, old: before?.[name], now: after?.[name] }))
    .filter(({ old, now }) => JSON.stringify(old ?? null) !== JSON.stringify(now ?? null))
    .map(({ name, old, now }) => ({ name, before: old == null ? "" : shown(old), after: now == null ? "" : shown(now) }));
}

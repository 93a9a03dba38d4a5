import type { Message, Note } from "../api/queries";

export type Entry =
  | { kind: "day"; id: string; at: string }
  | { kind: "message"; id: string; message: Message }
  | { kind: "note"; id: string; note: Note };

/** Put messages (oldest page last, as they were fetched) and notes in order, with a line wherever a new day begins.
 *
 * Notes from before the first message that is loaded are left out: they belong to what is not shown yet.
 */
export function timelineOf(
  pages: readonly (readonly Message[])[],
  notes: readonly Note[],
  hasOlder: boolean,
  dayKey: (iso: string) => string,
): Entry[] {
  const messages = new Map<string, Message>();
  for (const page of [...pages].reverse()) for (const message of page) messages.set(message.id, message);
  const ordered = [...messages.values()].sort((one, other) => one.seq - other.seq);
  const first = ordered[0]?.seq ?? 0;
  const waiting = notes.filter((note) => !hasOlder || note.after_seq >= first);

  const entries: Entry[] = [];
  let day = "";
  const put = (at: string, entry: Entry) => {
    const key = dayKey(at);
    if (key !== day) entries.push({ kind: "day", id: `day-${key}-${entry.id}`, at });
    day = key;
    entries.push(entry);
  };
  const putNotesBefore = (seq: number) => {
    while (waiting[0] && waiting[0].after_seq < seq) {
      const note = waiting.shift()!;
      put(note.created_at, { kind: "note", id: note.id, note });
    }
  };
  for (const message of ordered) {
    putNotesBefore(message.seq);
    put(message.created_at, { kind: "message", id: message.id, message });
  }
  putNotesBefore(Infinity);
  return entries;
}

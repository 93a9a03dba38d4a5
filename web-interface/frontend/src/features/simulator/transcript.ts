/** What is on the telephones, as the simulator tells it piece by piece. */
import type { Changes, Entry } from "./api/schemas";

export type Talk = {
  entries: ReadonlyMap<string, Entry>;
  /** Until when an office is writing, by `talkKey`. */
  typing: ReadonlyMap<string, number>;
};

export const EMPTY: Talk = { entries: new Map(), typing: new Map() };

export const talkKey = (phone: string, account: string) => `${phone} ${account}`;

/** Put news in. Of two versions of a message the later one stays, in whatever order they arrive. */
export function merge(talk: Talk, news: Pick<Changes, "messages" | "typing">): Talk {
  const entries = new Map(talk.entries);
  for (const entry of news.messages) {
    const known = entries.get(entry.id);
    if (!known || known.seq <= entry.seq) entries.set(entry.id, entry);
  }
  const typing = new Map(talk.typing);
  for (const { phone, account, until } of news.typing) {
    if (until) typing.set(talkKey(phone, account), Date.parse(until));
    else typing.delete(talkKey(phone, account));
  }
  return { entries, typing };
}

export type Shown = { entry: Entry; reactions: string[]; chosen: ReadonlySet<string>; answered: Entry | null };

/** One telephone's talk with one office, first to last. Reactions are shown on what they react to. */
export function shown(talk: Talk, phone: string, account: string): Shown[] {
  const mine = [...talk.entries.values()]
    .filter((entry) => entry.phone === phone && entry.account === account)
    .sort((one, other) => one.position - other.position);
  const reactions = new Map<string, Map<string, string>>();
  const chosen = new Map<string, Set<string>>();
  for (const entry of mine) {
    if (!entry.reply_to) continue;
    if (entry.kind === "reaction") {
      reactions.set(entry.reply_to, (reactions.get(entry.reply_to) ?? new Map<string, string>()).set(entry.author, entry.text));
    }
    if (entry.kind === "choice" && entry.choice_id) {
      chosen.set(entry.reply_to, (chosen.get(entry.reply_to) ?? new Set()).add(entry.choice_id));
    }
  }
  return mine
    .filter((entry) => entry.kind !== "reaction")
    .map((entry) => ({
      entry,
      reactions: [...(reactions.get(entry.id)?.values() ?? [])].filter(Boolean),
      chosen: chosen.get(entry.id) ?? new Set<string>(),
      answered: (entry.reply_to && talk.entries.get(entry.reply_to)) || null,
    }));
}

/** Whether the office is owed a read mark. */
export function isUnread(items: Shown[]): boolean {
  return items.some(({ entry }) => entry.author === "office" && (entry.status === "sent" || entry.status === "delivered"));
}

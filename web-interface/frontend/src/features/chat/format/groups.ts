/** The timeline as it is drawn: days, and within them runs of one author. */
import type { ChatMessage, Timeline } from "../engine/timeline";
import type { Dates } from "./dates";

export interface Group {
  key: string;
  from: ChatMessage["from"];
  messages: ChatMessage[];
}

export interface Day {
  key: string;
  at: number;
  groups: Group[];
}

const PAUSE_MS = 5 * 60_000;

/** Group messages by day and author; a pause of five minutes starts a new group, so that its time is shown. */
export function days(timeline: Timeline, dates: Dates): Day[] {
  const found: Day[] = [];
  for (const message of timeline) {
    const dayKey = dates.dayKey(message.at);
    let day = found.at(-1);
    if (day?.key !== dayKey) {
      day = { key: dayKey, at: message.at, groups: [] };
      found.push(day);
    }
    const group = day.groups.at(-1);
    const previous = group?.messages.at(-1);
    if (group && previous && group.from === message.from && message.at - previous.at < PAUSE_MS) {
      group.messages.push(message);
    } else {
      day.groups.push({ key: message.key, from: message.from, messages: [message] });
    }
  }
  return found;
}

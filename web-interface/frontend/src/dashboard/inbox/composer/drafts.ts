/** What was begun and not sent, for each conversation, as long as the page is open. */
const drafts = new Map<string, string>();

export const draftOf = (id: string): string => drafts.get(id) ?? "";

export function keepDraft(id: string, text: string): void {
  if (text) drafts.set(id, text);
  else drafts.delete(id);
}

/** What a person began to write and did not send, as long as the page is open: an ended session does not lose it. */
import { useCallback, useState } from "react";
import { useMe } from "./store";

const drafts = new Map<string, string>();

type Write = (next: string | ((now: string) => string)) => void;

/** Like `useState("")`, kept for the person who is logged in and the place, such as `note:<conversation>`. */
export function useDraft(place: string): readonly [string, Write] {
  const key = `${useMe().id} ${place}`;
  const [text, setText] = useState(() => drafts.get(key) ?? "");
  const write: Write = useCallback(
    (next) => {
      const value = typeof next === "string" ? next : next(drafts.get(key) ?? "");
      if (value) drafts.set(key, value);
      else drafts.delete(key);
      setText(value);
    },
    [key],
  );
  return [text, write];
}

import { useLayoutEffect, type KeyboardEvent, type RefObject } from "react";
import { useChat } from "../context";
import { SendIcon } from "./icons";

/** Longest message that the gateway takes, in characters. */
export const LIMIT = 4_000;
const WARN_FROM = 3_600;

interface ComposerProps {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onText: (text: string) => void;
  onSend: () => void;
}

/** Count characters as the server does: by code point. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Return whether a text may leave: neither blank nor over the limit. */
export function isSendable(text: string): boolean {
  return text.trim() !== "" && lengthOf(text.trim()) <= LIMIT;
}

/** Where the citizen writes: it grows with the text; Enter sends, Shift+Enter breaks the line. */
export function Composer({ field, text, onText, onSend }: ComposerProps) {
  const { t } = useChat();
  const length = lengthOf(text.trim());
  const left = LIMIT - length;

  useLayoutEffect(() => {
    const area = field.current;
    if (!area) return;
    area.style.setProperty("height", "auto");
    // The border is not part of scrollHeight.
    area.style.setProperty("height", `${String(area.scrollHeight + 2)}px`);
  }, [field, text]);

  const onKeyDown = (event: KeyboardEvent) => {
    // While an input method composes, Enter picks a candidate; 229 is how Safari says so.
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    onSend();
  };

  return (
    <form
      className="mb-composer"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {length >= WARN_FROM && (
        <p className="mb-counter" id="mb-counter" data-over={left < 0 || undefined} role="status">
          {left < 0 ? t("chat.over", { count: -left }) : t("chat.left", { count: left })}
        </p>
      )}
      <div className="mb-field">
        <textarea
          ref={field}
          rows={1}
          value={text}
          aria-label={t("chat.composer")}
          aria-invalid={left < 0 || undefined}
          aria-describedby={length >= WARN_FROM ? "mb-counter" : undefined}
          placeholder={t("chat.placeholder")}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => onText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" className="mb-send" aria-label={t("chat.send")} aria-disabled={!isSendable(text)}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}

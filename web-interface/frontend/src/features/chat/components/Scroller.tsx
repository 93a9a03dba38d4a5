import type { ReactNode, RefObject } from "react";
import { useChat } from "../context";
import { DownIcon } from "./icons";

interface ScrollerProps {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** The reader scrolled up. */
  away: boolean;
  /** Something came below since. */
  news: boolean;
  toEnd: () => void;
  children: ReactNode;
}

/** The scrolling part of the panel, with the way back to its end. */
export function Scroller({ scroller, content, onScroll, away, news, toEnd, children }: ScrollerProps) {
  const { t } = useChat();
  return (
    <div className="mb-body">
      <div
        ref={scroller}
        className="mb-scroller"
        onScroll={onScroll}
        // Scrolling with the keyboard needs a place to stand.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        role="region"
        aria-label={t("chat.log")}
      >
        <div ref={content} className="mb-content">
          {children}
        </div>
      </div>
      {away && (
        <button type="button" className="mb-pill" onClick={toEnd}>
          {news ? t("chat.new_below") : t("chat.go_down")} <DownIcon />
        </button>
      )}
    </div>
  );
}

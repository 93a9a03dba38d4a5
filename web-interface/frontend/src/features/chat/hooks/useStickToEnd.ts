import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";

const NEAR_PX = 48;

export interface StickToEnd {
  scroller: RefObject<HTMLDivElement | null>;
  content: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** The reader scrolled up and is reading something older. */
  away: boolean;
  /** Something came below since then. */
  news: boolean;
  toEnd: () => void;
}

/**
 * Keep a scrolling list at its end while it grows, unless the reader scrolled up.
 *
 * Only a scroll upwards counts as leaving the end: when bubbles arrive quickly, a late scroll event finds the list
 * longer than it was and would look like one.
 */
export function useStickToEnd(lastKey: string | null): StickToEnd {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const stuck = useRef(true);
  const [leftAt, setLeftAt] = useState<{ key: string | null } | null>(null);

  const jump = useCallback((behavior: ScrollBehavior) => {
    const box = scroller.current;
    box?.scrollTo({ top: box.scrollHeight, behavior });
  }, []);

  useLayoutEffect(() => {
    const follow = () => {
      if (stuck.current) jump("instant");
    };
    follow();
    const observer = new ResizeObserver(follow);
    if (content.current) observer.observe(content.current);
    if (scroller.current) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [jump]);

  const onScroll = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const distance = box.scrollHeight - box.clientHeight - box.scrollTop;
    if (distance <= NEAR_PX) {
      stuck.current = true;
      setLeftAt(null);
    } else if (box.scrollTop < lastTop.current - 1) {
      stuck.current = false;
      setLeftAt((left) => left ?? { key: lastKey });
    }
    lastTop.current = box.scrollTop;
  }, [lastKey]);

  const toEnd = useCallback(() => {
    stuck.current = true;
    setLeftAt(null);
    jump(window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");
  }, [jump]);

  return { scroller, content, onScroll, toEnd, away: leftAt !== null, news: leftAt !== null && leftAt.key !== lastKey };
}

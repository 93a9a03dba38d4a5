import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";

/** How far from the end still counts as being there, in pixels. */
const NEAR_END = 120;

/** Keep the newest in view while somebody reads the end, and the place while older ones come in above. */
export function useScroll(box: RefObject<HTMLElement | null>, first: string | undefined, length: number) {
  const before = useRef({ first: undefined as string | undefined, height: 0, isAtEnd: true });

  const remember = () => {
    const element = box.current;
    if (!element) return;
    const { scrollHeight, scrollTop, clientHeight } = element;
    before.current.isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_END;
    before.current.height = scrollHeight;
  };

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const was = before.current;
    if (was.first !== undefined && first !== was.first && !was.isAtEnd) {
      element.scrollBy({ top: element.scrollHeight - was.height, behavior: "instant" });
    } else if (was.isAtEnd) {
      element.scrollTo({ top: element.scrollHeight, behavior: "instant" });
    }
    before.current = { ...was, first, height: element.scrollHeight };
  }, [box, first, length]);

  // A photo that arrives, or a field that grows, must not push the newest out of view.
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => {
      if (before.current.isAtEnd) element.scrollTo({ top: element.scrollHeight, behavior: "instant" });
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [box]);

  return remember;
}

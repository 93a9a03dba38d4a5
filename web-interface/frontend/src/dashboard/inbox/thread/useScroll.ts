import { type RefObject, useLayoutEffect, useRef } from "react";

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

  return remember;
}

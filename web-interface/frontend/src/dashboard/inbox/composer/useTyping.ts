import { useEffect, useRef } from "react";

const PAUSE_MS = 3000;

/** Tell the colleagues while somebody writes; stop by itself after a pause, and when the field goes away. */
export function useTyping(tell: (on: boolean) => void) {
  const timer = useRef<number | undefined>(undefined);
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  useEffect(
    () => () => {
      if (timer.current !== undefined) latest.current(false);
      window.clearTimeout(timer.current);
    },
    [],
  );
  const stop = () => {
    if (timer.current === undefined) return;
    window.clearTimeout(timer.current);
    timer.current = undefined;
    latest.current(false);
  };
  const touch = () => {
    if (timer.current === undefined) latest.current(true);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(stop, PAUSE_MS);
  };
  return { touch, stop };
}

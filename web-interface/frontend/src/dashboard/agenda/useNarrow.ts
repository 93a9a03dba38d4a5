import { useSyncExternalStore } from "react";

const query = window.matchMedia("(max-width: 44rem)");

const subscribe = (listener: () => void) => {
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
};

/** Whether the window is as narrow as a telephone. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);

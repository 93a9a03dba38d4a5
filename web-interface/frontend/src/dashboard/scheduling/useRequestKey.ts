import { useRef } from "react";
import { newKey } from "../api/clients";

/** A key for a request that creates: the same body, sent again, has the same key and so creates once. */
export function useRequestKey(): (body: unknown) => string {
  const last = useRef({ body: "", key: "" });
  return (body) => {
    const text = JSON.stringify(body);
    if (last.current.body !== text) last.current = { body: text, key: newKey() };
    return last.current.key;
  };
}

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, use, useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { useLinkState } from "../../live/hooks";
import { useMe } from "../../session/store";
import { addMessage } from "./cache";
import { Outbox, type Pending } from "./outbox";
import { keys } from "./queries";
import { sendEntry } from "./send";

const OutboxContext = createContext<Outbox | null>(null);

/** One outbox for one official, as long as the page is open. */
export function OutboxProvider({ children }: { children: ReactNode }) {
  const me = useMe();
  const client = useQueryClient();
  const [outbox, setOutbox] = useState<Outbox | null>(null);
  const isOpen = useLinkState() === "open";

  useLayoutEffect(() => {
    const made = new Outbox(me.id, sendEntry, (message, entry) => {
      addMessage(client, entry.conversationId, message);
      void client.invalidateQueries({ queryKey: keys.conversation(entry.conversationId) });
      void client.invalidateQueries({ queryKey: keys.messages(entry.conversationId) });
    });
    // Made with its effects (it sends what an earlier page left), and closed with the page; before anything is painted.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    setOutbox(made);
    return () => made.close();
  }, [me.id, client]);
  useEffect(() => {
    if (isOpen) outbox?.wake();
  }, [isOpen, outbox]);

  return outbox && <OutboxContext value={outbox}>{children}</OutboxContext>;
}

export function useOutbox(): Outbox {
  const outbox = use(OutboxContext);
  if (!outbox) throw new Error("useOutbox outside OutboxProvider");
  return outbox;
}

export function usePending(conversationId: string): Pending[] {
  const outbox = useOutbox();
  return useSyncExternalStore(outbox.subscribe, outbox.read).filter((entry) => entry.conversationId === conversationId);
}

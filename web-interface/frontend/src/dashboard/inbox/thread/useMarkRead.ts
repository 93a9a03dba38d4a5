import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { useLocation } from "wouter";
import { conversations, read } from "../../api/clients";
import { useToast } from "../../ui/Toast";
import { setUnread } from "../api/cache";
import { type Conversation, keys } from "../api/queries";
import { useInboxTexts } from "../texts";

function onVisibility(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
}

/** Note what the official has read, while the conversation is really on the screen. */
export function useMarkRead(conversation: Conversation | undefined) {
  const t = useInboxTexts();
  const client = useQueryClient();
  const toast = useToast();
  const [, navigate] = useLocation();
  const isVisible = useSyncExternalStore(onVisibility, () => document.visibilityState === "visible");
  const told = useRef(0);
  const isLeft = useRef(false);
  const id = conversation?.id ?? "";

  const { mutate } = useMutation({
    mutationFn: ({ seq, back }: { seq: number; back: boolean }) =>
      read(
        conversations.PUT("/v1/conversations/{conversation_id}/read", {
          params: { path: { conversation_id: id } },
          body: { seq, back },
        }),
      ),
    onSuccess: ({ unread }) => {
      setUnread(client, id, unread);
      void client.invalidateQueries({ queryKey: keys.lists });
    },
    // Nothing is lost: the next message, or the next visit, says it again.
    onError: () => (told.current = 0),
  });

  const last = conversation?.last_seq ?? 0;
  const unread = conversation?.unread ?? 0;
  useEffect(() => {
    if (!isVisible || isLeft.current || last <= told.current || (unread === 0 && told.current === 0)) return;
    told.current = last;
    mutate({ seq: last, back: false });
  }, [isVisible, last, unread, mutate]);

  const leaveUnread = () => {
    isLeft.current = true;
    mutate({ seq: Math.max(last - 1, 0), back: true });
    toast.done(t("marked_unread"));
    navigate(`/conversaciones${window.location.search}`);
  };
  return { leaveUnread };
}

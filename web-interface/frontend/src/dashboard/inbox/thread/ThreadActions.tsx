import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { conversations, read } from "../../api/clients";
import { useMe } from "../../session/store";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useToast } from "../../ui/Toast";
import { putConversation } from "../api/cache";
import { type Conversation, keys } from "../api/queries";
import { wordOf } from "../names";
import { useInboxTexts } from "../texts";
import { AssignDialog } from "./AssignDialog";

type Step = "takeover" | "release" | "close";

function act(step: Step, id: string): Promise<Conversation> {
  const params = { path: { conversation_id: id } };
  switch (step) {
    case "takeover":
      return read(conversations.POST("/v1/conversations/{conversation_id}/takeover", { params }));
    case "release":
      return read(conversations.POST("/v1/conversations/{conversation_id}/release", { params }));
    case "close":
      return read(conversations.POST("/v1/conversations/{conversation_id}/close", { params }));
  }
}

/** What an official may do with a conversation as it is now. */
export function ThreadActions({ conversation }: { conversation: Conversation }) {
  const t = useInboxTexts();
  const toast = useToast();
  const client = useQueryClient();
  const me = useMe();
  const [asked, setAsked] = useState<"assign" | "close" | null>(null);
  const { id } = conversation;
  const step = useMutation({
    mutationFn: (wish: Step) => act(wish, id),
    onSuccess: (item, wish) => {
      putConversation(client, item);
      toast.done(t(wish === "takeover" ? "taken" : wish === "release" ? "released" : "close_done"));
    },
    onError: (error) => {
      toast.failed(error);
      // A colleague may have been quicker: show how it is.
      void client.invalidateQueries({ queryKey: keys.conversation(id) });
    },
    onSettled: () => setAsked(null),
  });
  const state = wordOf(conversation, me.id);
  if (state === "closed") return null;
  return (
    <>
      {state !== "you" && (
        <Button look="main" busy={step.isPending} onClick={() => step.mutate("takeover")}>
          {t("take")}
        </Button>
      )}
      {state !== "bot" && (
        <Button icon="robot" busy={step.isPending} onClick={() => step.mutate("release")}>
          {t("release")}
        </Button>
      )}
      <Button onClick={() => setAsked("assign")}>{t("assign")}</Button>
      <Button onClick={() => setAsked("close")}>{t("close")}</Button>
      {asked === "assign" && <AssignDialog conversation={conversation} onClose={() => setAsked(null)} />}
      {asked === "close" && (
        <Confirm
          title={t("close_title")}
          action={t("close")}
          busy={step.isPending}
          onConfirm={() => step.mutate("close")}
          onClose={() => setAsked(null)}
        >
          <p>{t("close_text")}</p>
        </Confirm>
      )}
    </>
  );
}

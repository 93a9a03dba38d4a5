import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { conversations, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Fields";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import { putConversation } from "../api/cache";
import { agentsQuery, type Conversation } from "../api/queries";
import { useInboxTexts } from "../texts";

export function AssignDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const t = useInboxTexts();
  const toast = useToast();
  const client = useQueryClient();
  const agents = useQuery(agentsQuery);
  const [agent, setAgent] = useState(conversation.assigned_agent?.id ?? "");
  const assign = useMutation({
    mutationFn: () =>
      read(
        conversations.POST("/v1/conversations/{conversation_id}/assign", {
          params: { path: { conversation_id: conversation.id } },
          body: { agent_id: agent || null },
        }),
      ),
    onSuccess: (item) => {
      putConversation(client, item);
      toast.done(t("assigned"));
      onClose();
    },
  });
  const able = agents.data?.items.filter(({ active, role }) => active && role !== "viewer") ?? [];
  return (
    <Dialog
      title={t("assign_title")}
      width="small"
      onClose={onClose}
      footer={
        <Button look="main" busy={assign.isPending} disabled={!agents.data} onClick={() => assign.mutate()}>
          {t("assign_save")}
        </Button>
      }
    >
      {agents.isPending && <LoadingRows rows={1} />}
      {agents.error && <ErrorNotice error={agents.error} onRetry={() => void agents.refetch()} />}
      {agents.data && (
        <SelectField
          label={t("assign_to")}
          hint={t("assign_hint")}
          value={agent}
          onChange={(event) => setAgent(event.target.value)}
        >
          <option value="">{t("assign_nobody")}</option>
          {able.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      {assign.error && <ErrorNotice error={assign.error} title={t("assign_title")} />}
    </Dialog>
  );
}

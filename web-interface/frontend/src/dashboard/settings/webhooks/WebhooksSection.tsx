import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifications, read } from "../../api/clients";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { LogDialog } from "./LogDialog";
import { SecretDialog } from "./SecretDialog";
import { useWebhooksTexts } from "./texts";
import { WebhookDialog } from "./WebhookDialog";
import { nameOf, stateOf, type Webhook, WEBHOOKS, webhooksQuery } from "./webhooks";

type Open = { what: "new" } | { what: "edit" | "log"; webhook: Webhook } | { what: "secret"; secret: string } | null;

/** The other systems that hear of events, whether they answer, and what was sent to them. */
export default function WebhooksSection() {
  const t = useWebhooksTexts();
  const formats = useFormats();
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  const webhooks = useQuery({ ...webhooksQuery, refetchInterval: 10_000 });
  const items = webhooks.data?.items ?? [];
  return (
    <Card
      title={t("title")}
      actions={
        <Button small icon="plus" onClick={() => setOpen({ what: "new" })}>
          {t("add")}
        </Button>
      }
    >
      <p className={styles.soft}>{t("intro")}</p>
      {webhooks.isPending && <LoadingRows />}
      {webhooks.error && <ErrorNotice error={webhooks.error} onRetry={() => void webhooks.refetch()} />}
      {webhooks.data && items.length === 0 && (
        <EmptyState icon="send" title={t("empty")}>
          <p className={styles.soft}>{t("empty_hint")}</p>
        </EmptyState>
      )}
      {items.length > 0 && (
        <Table
          caption={t("list")}
          rows={items}
          keyOf={(webhook) => webhook.id}
          columns={[
            {
              id: "name",
              title: t("name"),
              cell: (webhook) => (
                <>
                  {nameOf(webhook)}
                  <p className={styles.code}>{webhook.url}</p>
                </>
              ),
            },
            {
              id: "state",
              title: t("state"),
              cell: (webhook) => {
                const { tone, word } = stateOf(t, webhook, formats.dateTime);
                return <Badge tone={tone}>{word}</Badge>;
              },
            },
            { id: "waiting", title: t("waiting"), align: "end", cell: ({ pending }) => formats.number(pending) },
            { id: "failed", title: t("failed_count"), align: "end", cell: ({ failed }) => formats.number(failed) },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (webhook) => (
                <>
                  <TestButton webhook={webhook} />
                  <IconButton
                    small
                    icon="note"
                    label={t("log", { name: nameOf(webhook) })}
                    onClick={() => setOpen({ what: "log", webhook })}
                  />
                  <IconButton
                    small
                    icon="edit"
                    label={t("edit", { name: nameOf(webhook) })}
                    onClick={() => setOpen({ what: "edit", webhook })}
                  />
                </>
              ),
            },
          ]}
        />
      )}
      {(open?.what === "new" || open?.what === "edit") && (
        <WebhookDialog
          webhook={open.what === "edit" ? open.webhook : null}
          onSecret={(secret) => setOpen({ what: "secret", secret })}
          onClose={close}
        />
      )}
      {open?.what === "log" && <LogDialog webhook={open.webhook} onClose={close} />}
      {open?.what === "secret" && <SecretDialog secret={open.secret} onClose={close} />}
    </Card>
  );
}

function TestButton({ webhook }: { webhook: Webhook }) {
  const t = useWebhooksTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () =>
      read(notifications.POST("/v1/webhooks/{webhook_id}/test", { params: { path: { webhook_id: webhook.id } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: WEBHOOKS });
      toast.done(t("test_sent"));
    },
    onError: (error) => toast.failed(error),
  });
  if (!webhook.enabled) return null;
  return (
    <IconButton
      small
      icon="send"
      label={t("test", { name: nameOf(webhook) })}
      busy={test.isPending}
      onClick={() => test.mutate()}
    />
  );
}

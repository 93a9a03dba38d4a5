import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read, whatsapp } from "../../api/clients";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { AccountDialog } from "./AccountDialog";
import { type Account, PROVIDERS } from "./providers";
import { useChannelsTexts } from "./texts";

const TONES: Record<Account["state"], Tone> = { working: "done", paused: "note", stopped: "error", off: "plain" };

/** The institution's numbers on WhatsApp, whether they work, and what the provider must be given. */
export default function ChannelsSection() {
  const t = useChannelsTexts();
  const [open, setOpen] = useState<Account | "new" | null>(null);
  const accounts = useQuery({
    queryKey: ["settings", "channels"],
    queryFn: ({ signal }) => read(whatsapp.GET("/v1/accounts", { signal })),
  });
  const items = accounts.data?.items ?? [];
  return (
    <Card
      title={t("title")}
      actions={
        <Button small icon="plus" onClick={() => setOpen("new")}>
          {t("add")}
        </Button>
      }
    >
      {accounts.isPending && <LoadingRows />}
      {accounts.error && <ErrorNotice error={accounts.error} onRetry={() => void accounts.refetch()} />}
      {accounts.data && items.length === 0 && (
        <EmptyState icon="phone" title={t("empty")}>
          <p className={styles.soft}>{t("empty_hint")}</p>
        </EmptyState>
      )}
      {items.length > 0 && (
        <Table
          caption={t("list")}
          rows={items}
          keyOf={(account) => account.slug}
          columns={[
            { id: "name", title: t("name"), cell: (account) => account.name },
            { id: "provider", title: t("provider"), cell: (account) => PROVIDERS[account.provider] },
            {
              id: "state",
              title: t("state"),
              cell: ({ state, stopped_reason }) => (
                <>
                  <Badge tone={TONES[state]}>{t(`state_${state}`)}</Badge>
                  {stopped_reason && <p className={styles.code}>{stopped_reason}</p>}
                </>
              ),
            },
            { id: "webhook", title: t("webhook"), cell: (account) => <span className={styles.code}>{account.webhook_url}</span> },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (account) => (
                <>
                  <CheckButton account={account} />
                  <IconButton small icon="edit" label={t("edit", { name: account.name })} onClick={() => setOpen(account)} />
                </>
              ),
            },
          ]}
        />
      )}
      {open && <AccountDialog account={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

/** Asks the provider just now. */
function CheckButton({ account }: { account: Account }) {
  const t = useChannelsTexts();
  const toast = useToast();
  const check = useMutation({
    mutationFn: () => read(whatsapp.GET("/v1/accounts/{slug}/health", { params: { path: { slug: account.slug } } })),
    onError: (error) => toast.failed(error),
  });
  const health = check.data;
  return (
    <>
      <IconButton
        small
        icon="pulse"
        label={t("check", { name: account.name })}
        busy={check.isPending}
        onClick={() => check.mutate()}
      />
      <p role="status" className={styles.soft}>
        {health && !health.probe && t("check_off")}
        {health?.probe?.ok && t("check_ok", { count: health.waiting })}
        {health?.probe?.ok === false && t("check_bad", { code: health.probe.code ?? "?" })}
      </p>
    </>
  );
}

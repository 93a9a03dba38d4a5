import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { notifications, read } from "../../api/clients";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import styles from "../Settings.module.css";
import { HoursCard } from "./HoursCard";
import { NOTIFICATIONS, type Recipient } from "./notifications";
import { RecipientDialog } from "./RecipientDialog";
import { useNotificationsTexts } from "./texts";

/** Who of the office is told of what, and at which hours. */
export default function RecipientsSection() {
  const t = useNotificationsTexts();
  const [open, setOpen] = useState<Recipient | "new" | null>(null);
  const recipients = useQuery({
    queryKey: [...NOTIFICATIONS, "recipients"],
    queryFn: ({ signal }) => read(notifications.GET("/v1/officials", { signal })),
  });
  const items = recipients.data?.items ?? [];
  return (
    <>
      <Card
        title={t("recipients")}
        actions={
          <Button small icon="plus" onClick={() => setOpen("new")}>
            {t("recipient_add")}
          </Button>
        }
      >
        <p className={styles.soft}>{t("recipients_intro")}</p>
        {recipients.isPending && <LoadingRows />}
        {recipients.error && <ErrorNotice error={recipients.error} onRetry={() => void recipients.refetch()} />}
        {recipients.data && items.length === 0 && (
          <EmptyState icon="mail" title={t("recipients_empty")}>
            <p className={styles.soft}>{t("recipients_empty_hint")}</p>
          </EmptyState>
        )}
        {items.length > 0 && (
          <Table
            caption={t("recipients_list")}
            rows={items}
            keyOf={({ id }) => id}
            columns={[
              {
                id: "name",
                title: t("name"),
                cell: ({ name, address }) => (
                  <>
                    {name}
                    <p className={styles.code}>{address}</p>
                  </>
                ),
              },
              { id: "unit", title: t("unit"), cell: ({ unit }) => unit || t("all_units") },
              {
                id: "topics",
                title: t("topics"),
                cell: ({ topics }) => topics.map((topic) => t(`topic_${topic}`)).join(", "),
              },
              {
                id: "state",
                title: t("state"),
                cell: ({ active }) => (
                  <Badge tone={active ? "done" : "plain"}>{active ? t("state_active") : t("state_inactive")}</Badge>
                ),
              },
              {
                id: "actions",
                title: t("actions"),
                align: "end",
                cell: (recipient) => (
                  <IconButton
                    small
                    icon="edit"
                    label={t("edit", { name: recipient.name })}
                    onClick={() => setOpen(recipient)}
                  />
                ),
              },
            ]}
          />
        )}
      </Card>
      <HoursCard />
      {open && <RecipientDialog recipient={open === "new" ? null : open} onClose={() => setOpen(null)} />}
    </>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "../../ui/Badge";
import { IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import styles from "../Settings.module.css";
import { templatesQuery } from "./notifications";
import { TemplateDialog } from "./TemplateDialog";
import { useNotificationsTexts } from "./texts";

/** What people are told, and whose words that are. */
export default function TemplatesSection() {
  const t = useNotificationsTexts();
  const [open, setOpen] = useState<string | null>(null);
  const templates = useQuery(templatesQuery);
  return (
    <Card title={t("templates")}>
      <p className={styles.soft}>{t("templates_intro")}</p>
      {templates.isPending && <LoadingRows />}
      {templates.error && <ErrorNotice error={templates.error} onRetry={() => void templates.refetch()} />}
      {templates.data && (
        <Table
          caption={t("templates_list")}
          rows={templates.data.items}
          keyOf={({ name }) => name}
          columns={[
            { id: "title", title: t("template"), cell: ({ title }) => title },
            { id: "audience", title: t("audience"), cell: ({ audience }) => t(`audience_${audience}`) },
            {
              id: "words",
              title: t("words"),
              cell: ({ own }) => <Badge tone={own ? "info" : "plain"}>{own ? t("words_own") : t("words_builtin")}</Badge>,
            },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: ({ name, title }) => (
                <IconButton small icon="edit" label={t("edit", { name: title })} onClick={() => setOpen(name)} />
              ),
            },
          ]}
        />
      )}
      {open && <TemplateDialog name={open} onClose={() => setOpen(null)} />}
    </Card>
  );
}

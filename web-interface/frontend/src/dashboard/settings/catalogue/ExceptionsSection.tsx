import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Exception, exceptionsQuery, officesQuery } from "../../scheduling/catalogue";
import { ExceptionDialog } from "../../scheduling/ExceptionDialog";
import { wallAt } from "../../scheduling/wallTime";
import { useLanguage } from "../../shell/i18n";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { useTenant } from "../../ui/format";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useNow } from "../../ui/useNow";
import styles from "./Catalogue.module.css";
import { useCatalogueTexts } from "./texts";

/** Days on which an office is closed or opens otherwise than in its week. */
export default function ExceptionsSection() {
  const t = useCatalogueTexts();
  const language = useLanguage();
  const today = wallAt(useNow(), useTenant()?.timezone ?? "America/Santiago").slice(0, 10);
  const [open, setOpen] = useState<Exception | "new" | null>(null);
  const offices = useQuery(officesQuery);
  const exceptions = useQuery(exceptionsQuery(today));
  const nameOf = (id: string | null) => (id ? (offices.data?.find((office) => office.id === id)?.name ?? "") : t("all_offices"));
  const format = new Intl.DateTimeFormat(language, { timeZone: "UTC", day: "numeric", month: "short", year: "numeric" });
  const daysOf = ({ first_day: first, last_day: last }: Exception) =>
    format.formatRange(new Date(`${first}T00:00:00Z`), new Date(`${last}T00:00:00Z`));
  const hoursOf = ({ opens, closes }: Exception) => (opens && closes ? `${opens}–${closes}` : t("all_day"));

  return (
    <Card
      title={t("exceptions")}
      actions={
        <Button small icon="plus" onClick={() => setOpen("new")}>
          {t("add_exception")}
        </Button>
      }
    >
      <p className={styles.soft}>{t("exceptions_hint")}</p>
      {exceptions.isPending && <LoadingRows />}
      {exceptions.error && <ErrorNotice error={exceptions.error} onRetry={() => void exceptions.refetch()} />}
      {exceptions.data?.length === 0 && <EmptyState icon="calendar" title={t("exceptions_none")} />}
      {exceptions.data && exceptions.data.length > 0 && (
        <Table
          caption={t("exceptions")}
          rows={exceptions.data}
          keyOf={(exception) => exception.id}
          columns={[
            {
              id: "when",
              title: t("when"),
              cell: (exception) => (
                <>
                  {daysOf(exception)}, {hoursOf(exception)}
                </>
              ),
            },
            {
              id: "kind",
              title: t("kind"),
              cell: ({ kind }) =>
                kind === "closed" ? (
                  <Badge tone="alert">{t("kind_closed")}</Badge>
                ) : (
                  <Badge tone="done">{t("kind_open")}</Badge>
                ),
            },
            { id: "office", title: t("office"), cell: (exception) => nameOf(exception.office_id) },
            { id: "reason", title: t("reason"), cell: (exception) => exception.reason },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (exception) => (
                <IconButton
                  small
                  icon="edit"
                  label={t("edit_exception", { what: `${daysOf(exception)} ${exception.reason}` })}
                  onClick={() => setOpen(exception)}
                />
              ),
            },
          ]}
        />
      )}
      {open && <ExceptionDialog exception={open === "new" ? null : open} day={today} onClose={() => setOpen(null)} />}
    </Card>
  );
}

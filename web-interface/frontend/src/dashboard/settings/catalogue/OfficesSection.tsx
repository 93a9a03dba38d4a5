import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { type Office, officesQuery } from "../../scheduling/catalogue";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { OfficeDialog } from "./OfficeDialog";
import { useCatalogueTexts } from "./texts";

/** Where people are attended. Nothing is deleted: what was booked there stays. */
export default function OfficesSection() {
  const t = useCatalogueTexts();
  const [open, setOpen] = useState<Office | "new" | null>(null);
  const offices = useQuery(officesQuery);
  return (
    <Card
      title={t("offices")}
      actions={
        <Button small icon="plus" onClick={() => setOpen("new")}>
          {t("add_office")}
        </Button>
      }
    >
      {offices.isPending && <LoadingRows />}
      {offices.error && <ErrorNotice error={offices.error} onRetry={() => void offices.refetch()} />}
      {offices.data?.length === 0 && <EmptyState icon="pin" title={t("offices_none")} />}
      {offices.data && offices.data.length > 0 && (
        <Table
          caption={t("offices")}
          rows={offices.data}
          keyOf={(office) => office.id}
          columns={[
            { id: "name", title: t("name"), cell: (office) => office.name },
            { id: "address", title: t("address"), cell: (office) => office.address },
            {
              id: "hours",
              title: t("schedule"),
              cell: (office) => <Link href={`/ajustes/horarios?oficina=${office.id}`}>{office.hours_text}</Link>,
            },
            {
              id: "state",
              title: t("state"),
              cell: ({ active }) => <Badge tone={active ? "done" : "plain"}>{active ? t("active") : t("inactive")}</Badge>,
            },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (office) => (
                <IconButton
                  small
                  icon="edit"
                  label={t("edit_office", { name: office.name })}
                  onClick={() => setOpen(office)}
                />
              ),
            },
          ]}
        />
      )}
      {open && (
        <OfficeDialog office={open === "new" ? null : open} onClose={() => setOpen(null)} />
      )}
    </Card>
  );
}

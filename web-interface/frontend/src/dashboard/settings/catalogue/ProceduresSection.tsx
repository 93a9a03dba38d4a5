import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { officesQuery, type Procedure, proceduresQuery } from "../../scheduling/catalogue";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import { ProcedureDialog } from "./ProcedureDialog";
import { useCatalogueTexts } from "./texts";

/** What people book hours for. */
export default function ProceduresSection() {
  const t = useCatalogueTexts();
  const [open, setOpen] = useState<Procedure | "new" | null>(null);
  const procedures = useQuery(proceduresQuery);
  const offices = useQuery(officesQuery);
  const namesOf = (ids: readonly string[]) =>
    offices.data
      ?.filter((office) => ids.includes(office.id))
      .map((office) => office.name)
      .join(", ");
  return (
    <Card
      title={t("procedures")}
      actions={
        <Button small icon="plus" onClick={() => setOpen("new")}>
          {t("add_procedure")}
        </Button>
      }
    >
      {procedures.isPending && <LoadingRows />}
      {procedures.error && <ErrorNotice error={procedures.error} onRetry={() => void procedures.refetch()} />}
      {procedures.data?.length === 0 && <EmptyState icon="file" title={t("procedures_none")} />}
      {procedures.data && procedures.data.length > 0 && (
        <Table
          caption={t("procedures")}
          rows={procedures.data}
          keyOf={(procedure) => procedure.id}
          columns={[
            { id: "name", title: t("name"), cell: (procedure) => procedure.name },
            {
              id: "duration",
              title: t("duration"),
              align: "end",
              cell: (procedure) => t("minutes", { count: procedure.duration_minutes }),
            },
            { id: "offices", title: t("attended_at"), cell: (procedure) => namesOf(procedure.office_ids) || t("nowhere") },
            {
              id: "state",
              title: t("state"),
              cell: ({ active }) => <Badge tone={active ? "done" : "plain"}>{active ? t("active") : t("inactive")}</Badge>,
            },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (procedure) => (
                <IconButton
                  small
                  icon="edit"
                  label={t("edit_procedure", { name: procedure.name })}
                  onClick={() => setOpen(procedure)}
                />
              ),
            },
          ]}
        />
      )}
      {open && (
        <ProcedureDialog procedure={open === "new" ? null : open} onClose={() => setOpen(null)} />
      )}
    </Card>
  );
}

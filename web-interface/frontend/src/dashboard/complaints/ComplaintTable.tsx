import { Link } from "wouter";
import { useFormats } from "../ui/format";
import { type Column, Table } from "../ui/Table";
import { DeadlineBadge, MergedBadge, StatusBadge } from "./Badges";
import { type Summary, useAgents } from "./data";
import styles from "./List.module.css";
import { useComplaintsTexts } from "./texts";

export function ComplaintTable({ rows }: { rows: readonly Summary[] }) {
  const t = useComplaintsTexts();
  const formats = useFormats();
  const { nameOf } = useAgents();
  const columns: Column<Summary>[] = [
    {
      id: "folio",
      title: t("folio"),
      cell: (row) => (
        <Link className={styles.folio} href={`/reclamos/${row.folio}`}>
          {row.folio}
        </Link>
      ),
    },
    {
      id: "status",
      title: t("status"),
      cell: (row) => (
        <span className={styles.badges}>
          <StatusBadge status={row.status} />
          <MergedBadge complaint={row} />
        </span>
      ),
    },
    {
      id: "matter",
      title: t("matter"),
      cell: (row) => (
        <>
          <span className={styles.matter}>{row.category_name}</span>
          <span className={styles.words}>{row.description}</span>
        </>
      ),
    },
    { id: "deadline", title: t("deadline"), cell: (row) => <DeadlineBadge complaint={row} /> },
    { id: "assignee", title: t("assignee"), cell: (row) => (row.assignee ? nameOf(row.assignee) : t("nobody")) },
    { id: "unit", title: t("unit"), cell: (row) => row.unit },
    { id: "entered", title: t("entered"), cell: (row) => <time dateTime={row.created_at}>{formats.day(row.created_at)}</time> },
  ];
  return <Table caption={t("list_caption")} columns={columns} rows={rows} keyOf={(row) => row.id} />;
}

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Badge, type Tone } from "../../ui/Badge";
import { useFormats } from "../../ui/format";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { appointmentsQuery, complaintsQuery } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./ContactCard.module.css";

type Whose = { rut: string | null; conversationId: string };

function Section<T extends { id: string }>(props: {
  title: string;
  empty: string;
  list: UseQueryResult<T[]>;
  row: (item: T) => ReactNode;
}) {
  const { title, empty, list, row } = props;
  return (
    <section>
      <h3>{title}</h3>
      {list.isPending && <LoadingRows rows={2} />}
      {list.error && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data?.length === 0 && <p className={styles.soft}>{empty}</p>}
      <ul className={styles.items}>{list.data?.map((item) => <li key={item.id}>{row(item)}</li>)}</ul>
    </section>
  );
}

const APPOINTMENT_TONE: Record<string, Tone> = { confirmed: "done", attended: "done", cancelled: "plain", no_show: "alert" };

export function Appointments({ rut, conversationId }: Whose) {
  const t = useInboxTexts();
  const format = useFormats();
  return (
    <Section
      title={t("appointments")}
      empty={t("no_appointments")}
      list={useQuery(appointmentsQuery({ rut, conversationId }))}
      row={(item) => (
        <>
          <span className={styles.rowHead}>
            <time dateTime={item.start}>{format.dateTime(item.start)}</time>
            <Badge tone={APPOINTMENT_TONE[item.status] ?? "info"}>{item.status_label}</Badge>
          </span>
          <span>{item.procedure.name}</span>
          <span className={styles.soft}>{item.office.name}</span>
        </>
      )}
    />
  );
}

export function Complaints({ rut, conversationId }: Whose) {
  const t = useInboxTexts();
  const format = useFormats();
  return (
    <Section
      title={t("complaints")}
      empty={t("no_complaints")}
      list={useQuery(complaintsQuery({ rut, conversationId }))}
      row={(item) => (
        <>
          <span className={styles.rowHead}>
            <Link href={`/reclamos/${item.folio}`}>{item.folio}</Link>
            <Badge tone={item.overdue ? "error" : "info"}>{item.status_label}</Badge>
          </span>
          <span>{item.category_name}</span>
          {item.due_date && item.clock === "running" && (
            <span className={styles.soft}>
              {item.overdue ? `${t("overdue")}. ` : ""}
              {t("due", { day: format.day(item.due_date) })}
            </span>
          )}
        </>
      )}
    />
  );
}

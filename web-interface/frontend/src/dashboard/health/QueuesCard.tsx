import { Badge } from "../ui/Badge";
import { useFormats } from "../ui/format";
import { Card } from "../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../ui/States";
import { type Column, Table } from "../ui/Table";
import { type QueueState, useQueues } from "./api";
import styles from "./Health.module.css";
import { nameOf, useHealthTexts } from "./texts";

/** What waits between the services. */
export function QueuesCard() {
  const t = useHealthTexts();
  const format = useFormats();
  const { data, error, refetch } = useQueues();
  const count = (value: number) => format.number(value);
  const columns: readonly Column<QueueState>[] = [
    {
      id: "name",
      title: t("queue"),
      cell: (queue) => (
        <span className={styles.named}>
          {nameOf(t, "queue", queue.name)}
          <code>{queue.name}</code>
        </span>
      ),
    },
    {
      id: "consumers",
      title: t("consumers"),
      align: "end",
      cell: (queue) => (queue.consumers === 0 ? <Badge tone="error">{t("nobody")}</Badge> : count(queue.consumers)),
    },
    { id: "ready", title: t("ready"), align: "end", cell: (queue) => count(queue.ready) },
    { id: "in_work", title: t("in_work"), align: "end", cell: (queue) => count(queue.in_work) },
    { id: "retrying", title: t("retrying"), align: "end", cell: (queue) => count(queue.retrying) },
    {
      id: "dead",
      title: t("dead"),
      align: "end",
      cell: (queue) => (queue.dead ? <Badge tone="alert">{count(queue.dead)}</Badge> : count(0)),
    },
  ];
  const lasting = data?.items.filter((queue) => queue.lasting) ?? [];
  const passing = (data?.items.length ?? 0) - lasting.length;
  return (
    <Card title={t("queues")}>
      <p className={styles.hint}>{t("queues_hint")}</p>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows />}
      {data && lasting.length === 0 && <EmptyState icon="pulse" title={t("queues_empty")} />}
      {lasting.length > 0 && <Table caption={t("queues")} columns={columns} rows={lasting} keyOf={(queue) => queue.name} />}
      {passing > 0 && <p className={styles.hint}>{t("instances", { count: passing })}</p>}
    </Card>
  );
}

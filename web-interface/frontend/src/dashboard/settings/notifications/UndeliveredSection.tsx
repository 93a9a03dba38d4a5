import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifications, read } from "../../api/clients";
import { IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useFormats } from "../../ui/format";
import { Card } from "../../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { type Notification, NOTIFICATIONS, reasonOf, templatesQuery } from "./notifications";
import { useNotificationsTexts } from "./texts";

const KEY = [...NOTIFICATIONS, "undelivered"];

/** What was given up: sent once more, or put aside for good. */
export default function UndeliveredSection() {
  const t = useNotificationsTexts();
  const toast = useToast();
  const formats = useFormats();
  const queries = useQueryClient();
  const [asking, setAsking] = useState<Notification | null>(null);
  const templates = useQuery(templatesQuery);
  const counts = useQuery({
    queryKey: [...KEY, "counts"],
    queryFn: ({ signal }) => read(notifications.GET("/v1/notifications/counts", { signal })),
    refetchInterval: 10_000,
  });
  const failed = useInfiniteQuery({
    queryKey: [...KEY, "list"],
    queryFn: ({ pageParam, signal }) => {
      const query = { state: "failed" as const, limit: 25, ...(pageParam ? { cursor: pageParam } : {}) };
      return read(notifications.GET("/v1/notifications", { params: { query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 10_000,
  });
  const act = useMutation({
    mutationFn: ({ what, id }: { what: "replay" | "discard"; id: string }) =>
      read(
        notifications.POST(`/v1/notifications/{notification_id}/${what}`, { params: { path: { notification_id: id } } }),
      ),
    onSuccess: (_, { what }) => toast.done(what === "replay" ? t("replayed") : t("discarded")),
    onError: (error) => toast.failed(error),
    onSettled: () => {
      setAsking(null);
      void queries.invalidateQueries({ queryKey: KEY });
    },
  });
  const rows = failed.data?.pages.flatMap((page) => page.items) ?? [];
  const titles = new Map(templates.data?.items.map(({ name, title }) => [name, title]));
  const nameOf = ({ purpose }: Notification) => titles.get(purpose) ?? purpose;
  const labelOf = (row: Notification) => ({ name: nameOf(row), at: formats.dateTime(row.created_at) });
  const total = counts.data;
  return (
    <Card title={t("undelivered")}>
      <p className={styles.soft}>{t("undelivered_intro")}</p>
      {total && (
        <p role="status">
          {t("counts")}:{" "}
          {[
            [t("sent"), total.sent],
            [t("waiting"), total.queued + total.sending],
            [t("undelivered_count"), total.failed],
            [t("expired"), total.expired],
          ]
            .map(([word, count]) => `${word} ${formats.number(Number(count))}`)
            .join(" · ")}
        </p>
      )}
      {failed.isPending && <LoadingRows />}
      {failed.error && <ErrorNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {failed.data && rows.length === 0 && (
        <EmptyState icon="check" title={t("undelivered_empty")}>
          <p className={styles.soft}>{t("undelivered_empty_hint")}</p>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table
          caption={t("undelivered_list")}
          rows={rows}
          keyOf={({ id }) => id}
          columns={[
            { id: "what", title: t("template"), cell: nameOf },
            { id: "when", title: t("when"), cell: ({ created_at }) => formats.dateTime(created_at) },
            {
              id: "to",
              title: t("to"),
              cell: ({ audience, address, channel }) =>
                [t(`audience_${audience}`), channel && t(`channel_${channel}`), address].filter(Boolean).join(" · "),
            },
            {
              id: "why",
              title: t("why"),
              cell: ({ reason, attempts }) => (
                <>
                  {reasonOf(t, reason)}
                  <p className={styles.soft}>{t("tries", { count: attempts.length })}</p>
                </>
              ),
            },
            {
              id: "actions",
              title: t("actions"),
              align: "end",
              cell: (row) => (
                <>
                  <IconButton
                    small
                    icon="refresh"
                    label={t("replay", labelOf(row))}
                    busy={act.isPending && act.variables.what === "replay" && act.variables.id === row.id}
                    onClick={() => act.mutate({ what: "replay", id: row.id })}
                  />
                  <IconButton small icon="trash" label={t("discard", labelOf(row))} onClick={() => setAsking(row)} />
                </>
              ),
            },
          ]}
        />
      )}
      <LoadMore has={failed.hasNextPage} busy={failed.isFetchingNextPage} onMore={() => void failed.fetchNextPage()} />
      {asking && (
        <Confirm
          title={t("discard_title")}
          action={t("discard_action")}
          look="danger"
          busy={act.isPending}
          onConfirm={() => act.mutate({ what: "discard", id: asking.id })}
          onClose={() => setAsking(null)}
        >
          <p>{t("discard_text")}</p>
        </Confirm>
      )}
    </Card>
  );
}

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { notifications, read } from "../../api/clients";
import { Badge, type Tone } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField } from "../../ui/Fields";
import { useFormats } from "../../ui/format";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../../ui/States";
import { Table } from "../../ui/Table";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { DeliveryDetail } from "./DeliveryDetail";
import { useWebhooksTexts } from "./texts";
import { type Delivery, eventName, nameOf, outcomeOf, type Webhook, WEBHOOKS } from "./webhooks";

const STATES = ["pending", "delivered", "failed"] as const;
type State = (typeof STATES)[number];
const TONES: Record<State, Tone> = { pending: "info", delivered: "done", failed: "error" };

/** What was sent to a webhook, how it ended, and sending it again. */
export function LogDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const t = useWebhooksTexts();
  const toast = useToast();
  const formats = useFormats();
  const queries = useQueryClient();
  const [state, setState] = useState<State | "">("");
  const [shown, setShown] = useState<string | null>(null);
  const path = { webhook_id: webhook.id };
  const log = useInfiniteQuery({
    queryKey: [...WEBHOOKS, "log", webhook.id, state],
    queryFn: ({ pageParam, signal }) => {
      const query = { limit: 25, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      return read(notifications.GET("/v1/webhooks/{webhook_id}/deliveries", { params: { path, query }, signal }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 5_000,
  });
  const refresh = () => queries.invalidateQueries({ queryKey: WEBHOOKS });
  const resend = useMutation({
    mutationFn: (delivery: Delivery) =>
      read(
        notifications.POST("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/resend", {
          params: { path: { ...path, delivery_id: delivery.id } },
        }),
      ),
    onSuccess: () => {
      void refresh();
      toast.done(t("resent"));
    },
    onError: (error) => toast.failed(error),
  });
  const resendFailed = useMutation({
    mutationFn: () => read(notifications.POST("/v1/webhooks/{webhook_id}/resend-failed", { params: { path }, body: {} })),
    onSuccess: ({ resent }) => {
      void refresh();
      toast.done(t("resent_count", { count: resent }));
    },
    onError: (error) => toast.failed(error),
  });
  const rows = log.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Dialog title={t("log", { name: nameOf(webhook) })} width="large" onClose={onClose}>
      {shown ? (
        <DeliveryDetail webhook={webhook} id={shown} onBack={() => setShown(null)} />
      ) : (
        <>
          <div className={styles.filters}>
            <SelectField label={t("filter")} value={state} onChange={({ target }) => setState(target.value as State | "")}>
              <option value="">{t("filter_all")}</option>
              {STATES.map((each) => (
                <option key={each} value={each}>
                  {t(`filter_${each}`)}
                </option>
              ))}
            </SelectField>
            {webhook.enabled && (
              <Button icon="refresh" busy={resendFailed.isPending} onClick={() => resendFailed.mutate()}>
                {t("resend_failed")}
              </Button>
            )}
          </div>
          {log.isPending && <LoadingRows />}
          {log.error && <ErrorNotice error={log.error} onRetry={() => void log.refetch()} />}
          {log.data && rows.length === 0 && <EmptyState icon="send" title={t("log_empty")} />}
          {rows.length > 0 && (
            <Table
              caption={t("log_list")}
              rows={rows}
              keyOf={(delivery) => delivery.id}
              columns={[
                { id: "at", title: t("at"), cell: ({ created_at }) => formats.dateTime(created_at) },
                { id: "event", title: t("event"), cell: ({ event_type }) => eventName(t, event_type) },
                {
                  id: "result",
                  title: t("result"),
                  cell: (delivery) => (
                    <>
                      <Badge tone={TONES[delivery.state]}>{t(`result_${delivery.state}`)}</Badge>
                      <p className={styles.soft}>
                        {[
                          outcomeOf(t, delivery.last_error, delivery.last_status),
                          delivery.attempts > 0 && t("attempts", { count: delivery.attempts }),
                          delivery.next_at && t("next_at", { at: formats.dateTime(delivery.next_at) }),
                        ]
                          .filter(Boolean)
                          .join(" · ")}
                      </p>
                    </>
                  ),
                },
                {
                  id: "actions",
                  title: t("actions"),
                  align: "end",
                  cell: (delivery) => {
                    const at = formats.dateTime(delivery.created_at);
                    return (
                      <>
                        {webhook.enabled && (
                          <IconButton
                            small
                            icon="refresh"
                            label={t("resend", { at })}
                            busy={resend.isPending && resend.variables.id === delivery.id}
                            onClick={() => resend.mutate(delivery)}
                          />
                        )}
                        <IconButton small icon="search" label={t("detail", { at })} onClick={() => setShown(delivery.id)} />
                      </>
                    );
                  },
                },
              ]}
            />
          )}
          <LoadMore has={log.hasNextPage} busy={log.isFetchingNextPage} onMore={() => void log.fetchNextPage()} />
        </>
      )}
    </Dialog>
  );
}

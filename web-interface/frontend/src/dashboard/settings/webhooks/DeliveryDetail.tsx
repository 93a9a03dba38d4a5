import { useQuery } from "@tanstack/react-query";
import { notifications, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { Table } from "../../ui/Table";
import styles from "../Settings.module.css";
import { useWebhooksTexts } from "./texts";
import { outcomeOf, type Webhook, WEBHOOKS } from "./webhooks";

/** Every attempt of one delivery, and what is sent. */
export function DeliveryDetail({ webhook, id, onBack }: { webhook: Webhook; id: string; onBack: () => void }) {
  const t = useWebhooksTexts();
  const formats = useFormats();
  const path = { webhook_id: webhook.id, delivery_id: id };
  const delivery = useQuery({
    queryKey: [...WEBHOOKS, "delivery", id],
    queryFn: ({ signal }) =>
      read(notifications.GET("/v1/webhooks/{webhook_id}/deliveries/{delivery_id}", { params: { path }, signal })),
  });
  return (
    <div className={styles.form}>
      <div>
        <Button small icon="back" onClick={onBack}>
          {t("back")}
        </Button>
      </div>
      {delivery.isPending && <LoadingRows />}
      {delivery.error && <ErrorNotice error={delivery.error} onRetry={() => void delivery.refetch()} />}
      {delivery.data && (
        <>
          <p className={styles.code}>webhook-id: {delivery.data.message_id}</p>
          {delivery.data.log.length > 0 && (
            <Table
              caption={t("tries")}
              rows={delivery.data.log}
              keyOf={({ at }) => at}
              columns={[
                { id: "at", title: t("at"), cell: ({ at }) => formats.dateTime(at) },
                { id: "result", title: t("result"), cell: ({ error, status }) => outcomeOf(t, error, status) },
                {
                  id: "took",
                  title: t("milliseconds"),
                  align: "end",
                  cell: ({ milliseconds }) => `${formats.number(milliseconds)} ms`,
                },
              ]}
            />
          )}
          <h3>{t("body")}</h3>
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and the keyboard must reach it */}
          <pre className={styles.body} tabIndex={0}>
            {JSON.stringify(delivery.data.body, null, 2)}
          </pre>
        </>
      )}
    </div>
  );
}

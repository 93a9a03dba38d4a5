import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { newKey, notifications, read } from "../../api/clients";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Fields";
import { useFormats } from "../../ui/format";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { EventChoice } from "./EventChoice";
import { useWebhooksTexts } from "./texts";
import { eventTypesQuery, type Webhook, WEBHOOKS } from "./webhooks";

type Props = {
  webhook: Webhook | null;
  /** A new one, or a new secret: it has to be shown now. */
  onSecret: (secret: string) => void;
  onClose: () => void;
};

/** Add a webhook, change one, give it a new secret, or take it away. */
export function WebhookDialog({ webhook, onSecret, onClose }: Props) {
  const t = useWebhooksTexts();
  const toast = useToast();
  const formats = useFormats();
  const queries = useQueryClient();
  const form = useId();
  const [key] = useState(newKey);
  const [asking, setAsking] = useState<"rotate" | "delete" | null>(null);
  const [wish, setWish] = useState({
    url: webhook?.url ?? "",
    description: webhook?.description ?? "",
    event_types: webhook?.event_types ?? [],
    thin: webhook?.thin ?? false,
  });
  const [enabled, setEnabled] = useState(webhook?.enabled ?? true);
  const [isTried, setTried] = useState(false);
  const types = useQuery(eventTypesQuery);
  const params = { path: { webhook_id: webhook?.id ?? "" } };
  const refresh = () => queries.invalidateQueries({ queryKey: WEBHOOKS });
  const create = useMutation({
    mutationFn: () =>
      read(notifications.POST("/v1/webhooks", { params: { header: { "Idempotency-Key": key } }, body: wish })),
    onSuccess: (made) => {
      void refresh();
      toast.done(t("added"));
      onSecret(made.secret);
    },
  });
  const change = useMutation({
    mutationFn: () => {
      const switched = enabled === webhook?.enabled ? {} : { enabled };
      return read(notifications.PATCH("/v1/webhooks/{webhook_id}", { params, body: { ...wish, ...switched } }));
    },
    onSuccess: () => {
      void refresh();
      toast.done(t("saved"));
      onClose();
    },
  });
  const rotate = useMutation({
    mutationFn: () =>
      read(notifications.POST("/v1/webhooks/{webhook_id}/rotate-secret", { params, body: { overlap_hours: 24 } })),
    onSuccess: (changed) => {
      void refresh();
      onSecret(changed.secret);
    },
    onError: (error) => toast.failed(error),
  });
  const remove = useMutation({
    mutationFn: () => read(notifications.DELETE("/v1/webhooks/{webhook_id}", { params })),
    onSuccess: () => {
      void refresh();
      toast.done(t("deleted"));
      onClose();
    },
    onError: (error) => toast.failed(error),
  });
  const save = webhook ? change : create;
  const wrong = fieldErrors(save.error);
  const isEmpty = wish.event_types.length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isEmpty) save.mutate();
  };
  if (asking) {
    const doing = asking === "rotate" ? rotate : remove;
    return (
      <Confirm
        title={t(`${asking}_title`)}
        action={t(asking)}
        look={asking === "delete" ? "danger" : "main"}
        busy={doing.isPending}
        onConfirm={() => doing.mutate()}
        onClose={() => setAsking(null)}
      >
        <p>{t(`${asking}_text`)}</p>
      </Confirm>
    );
  }
  return (
    <Dialog
      title={webhook ? t("edit_title") : t("add")}
      onClose={onClose}
      footer={
        <>
          {webhook && (
            <>
              <Button look="danger" icon="trash" onClick={() => setAsking("delete")}>
                {t("delete")}
              </Button>
              <Button icon="key" onClick={() => setAsking("rotate")}>
                {t("rotate")}
              </Button>
            </>
          )}
          <Button look="main" type="submit" form={form} busy={save.isPending}>
            {t("save")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        {webhook?.disabled_reason === "failing" && <p role="status">{t("off_failing")}</p>}
        {webhook?.disabled_reason === "gone" && <p role="status">{t("off_gone")}</p>}
        <TextField
          label={t("name")}
          hint={t("name_hint")}
          maxLength={200}
          value={wish.description}
          onChange={({ target }) => setWish({ ...wish, description: target.value })}
        />
        <TextField
          label={t("url")}
          hint={t("url_hint")}
          error={wrong.url}
          type="url"
          required
          maxLength={2000}
          value={wish.url}
          onChange={({ target }) => setWish({ ...wish, url: target.value })}
        />
        {types.error && <ErrorNotice error={types.error} onRetry={() => void types.refetch()} />}
        <EventChoice
          types={types.data?.items ?? []}
          chosen={wish.event_types}
          error={isTried && isEmpty ? t("events_missing") : undefined}
          onChange={(event_types) => setWish({ ...wish, event_types })}
        />
        <label>
          <input type="checkbox" checked={wish.thin} onChange={({ target }) => setWish({ ...wish, thin: target.checked })} />{" "}
          {t("thin")}
        </label>
        {webhook && (
          <label>
            <input type="checkbox" checked={enabled} onChange={({ target }) => setEnabled(target.checked)} /> {t("enabled")}
          </label>
        )}
        {webhook?.old_secret_until && (
          <p className={styles.soft}>{t("old_until", { until: formats.dateTime(webhook.old_secret_until) })}</p>
        )}
      </form>
      {save.error && !wrong.url && <ErrorNotice error={save.error} title={t("failed")} />}
    </Dialog>
  );
}

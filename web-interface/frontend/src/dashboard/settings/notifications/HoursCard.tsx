import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { components } from "@/shared/api/generated/notifications";
import { notifications, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Fields";
import { Card } from "../../ui/Page";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { NOTIFICATIONS } from "./notifications";
import { useNotificationsTexts } from "./texts";

type Hours = components["schemas"]["RulesBody"];
const KEY = [...NOTIFICATIONS, "hours"];
const FIELDS = ["quiet_from", "quiet_until", "digest_at"] as const;

/** When citizens are left alone, and when the digest comes. */
export function HoursCard() {
  const t = useNotificationsTexts();
  const hours = useQuery({ queryKey: KEY, queryFn: ({ signal }) => read(notifications.GET("/v1/rules", { signal })) });
  return (
    <Card title={t("hours")}>
      <p className={styles.soft}>{t("hours_intro")}</p>
      {hours.isPending && <LoadingRows rows={1} />}
      {hours.error && <ErrorNotice error={hours.error} onRetry={() => void hours.refetch()} />}
      {hours.data && <HoursForm key={FIELDS.map((name) => hours.data[name]).join()} hours={hours.data} />}
    </Card>
  );
}

function HoursForm({ hours }: { hours: Hours }) {
  const t = useNotificationsTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const [wish, setWish] = useState(hours);
  const save = useMutation({
    mutationFn: () => read(notifications.PUT("/v1/rules", { body: wish })),
    onSuccess: (saved) => {
      queries.setQueryData(KEY, saved);
      toast.done(t("hours_saved"));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        {FIELDS.map((name) => (
          <TextField
            key={name}
            label={t(name)}
            type="time"
            required
            value={wish[name].slice(0, 5)}
            onChange={({ target }) => setWish({ ...wish, [name]: target.value })}
          />
        ))}
      </div>
      <p className={styles.soft}>{t("quiet_none")}</p>
      <div>
        <Button look="main" type="submit" busy={save.isPending}>
          {t("save")}
        </Button>
      </div>
      {save.error && <ErrorNotice error={save.error} title={t("failed")} />}
    </form>
  );
}

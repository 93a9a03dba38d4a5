import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { components } from "@/shared/api/generated/conversations";
import { conversations, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { TextArea, TextField } from "../../ui/Fields";
import { Card } from "../../ui/Page";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { OpeningHours } from "./OpeningHours";
import { useInstitutionTexts } from "./texts";

type Tenant = components["schemas"]["TenantAdmin"];

const KEY = ["settings", "institution"];
const COLOURS = ["primary", "secondary"] as const;

/** How the institution presents itself, and when its people attend. */
export default function InstitutionSection() {
  const t = useInstitutionTexts();
  const tenant = useQuery({ queryKey: KEY, queryFn: ({ signal }) => read(conversations.GET("/v1/tenant", { signal })) });
  return (
    <Card title={t("title")}>
      {tenant.isPending && <LoadingRows />}
      {tenant.error && <ErrorNotice error={tenant.error} onRetry={() => void tenant.refetch()} />}
      {tenant.data && <InstitutionForm tenant={tenant.data} />}
    </Card>
  );
}

function InstitutionForm({ tenant }: { tenant: Tenant }) {
  const t = useInstitutionTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const [draft, setDraft] = useState(tenant);
  const set = (change: Partial<Tenant>) => setDraft((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: () => {
      const { name, short_name, timezone, colors, greeting, address, phone, attention_hours, takeover_minutes } = draft;
      const body = { name, short_name, timezone, colors, greeting, address, phone, attention_hours, takeover_minutes };
      return read(conversations.PATCH("/v1/tenant", { body }));
    },
    onSuccess: (saved) => {
      setDraft(saved);
      queries.setQueryData(KEY, saved);
      void queries.invalidateQueries({ queryKey: ["tenant"] });
      toast.done(t("saved"));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <TextField label={t("name")} required maxLength={200} value={draft.name} onChange={(e) => set({ name: e.target.value })} />
        <TextField
          label={t("short_name")}
          required
          maxLength={80}
          value={draft.short_name}
          onChange={(e) => set({ short_name: e.target.value })}
        />
        <TextField label={t("address")} maxLength={300} value={draft.address} onChange={(e) => set({ address: e.target.value })} />
        <TextField
          label={t("phone")}
          type="tel"
          maxLength={40}
          value={draft.phone}
          onChange={(e) => set({ phone: e.target.value })}
        />
      </div>
      <TextArea
        label={t("greeting")}
        hint={t("greeting_hint")}
        maxLength={1000}
        value={draft.greeting}
        onChange={(e) => set({ greeting: e.target.value })}
      />
      <div className={styles.pair}>
        {COLOURS.map((colour) => (
          <TextField
            key={colour}
            label={t(colour)}
            hint={t("color_hint")}
            type="color"
            value={draft.colors[colour] ?? "#3d5a6c"}
            onChange={(e) => set({ colors: { ...draft.colors, [colour]: e.target.value } })}
          />
        ))}
        <TextField
          label={t("timezone")}
          hint={t("timezone_hint")}
          required
          value={draft.timezone}
          onChange={(e) => set({ timezone: e.target.value })}
        />
        <TextField
          label={t("takeover_minutes")}
          hint={t("takeover_hint")}
          type="number"
          required
          min={1}
          max={43_200}
          value={draft.takeover_minutes}
          onChange={(e) => set({ takeover_minutes: e.target.valueAsNumber || 1 })}
        />
      </div>
      <OpeningHours hours={draft.attention_hours} onChange={(attention_hours) => set({ attention_hours })} />
      {save.error && <ErrorNotice error={save.error} title={t("failed")} />}
      <div>
        <Button look="main" type="submit" busy={save.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

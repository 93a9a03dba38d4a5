import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { type Policy, policyQuery } from "../../scheduling/catalogue";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Fields";
import { Card } from "../../ui/Page";
import { ErrorNotice, LoadingRows } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "./Catalogue.module.css";
import { setPolicy, useCatalogueChange } from "./changes";
import { useCatalogueTexts } from "./texts";

/** How soon, how far ahead, and how long a time is kept: for all procedures that do not say otherwise. */
export default function BookingSection() {
  const t = useCatalogueTexts();
  const policy = useQuery(policyQuery);
  return (
    <Card title={t("booking")}>
      {policy.isPending && <LoadingRows />}
      {policy.error && <ErrorNotice error={policy.error} onRetry={() => void policy.refetch()} />}
      {policy.data && <Rules key={policy.data.version} policy={policy.data} />}
    </Card>
  );
}

function Rules({ policy }: { policy: Policy }) {
  const t = useCatalogueTexts();
  const toast = useToast();
  const [wish, setWish] = useState({
    min_notice_minutes: String(policy.min_notice_minutes),
    horizon_days: String(policy.horizon_days),
    hold_minutes: String(policy.hold_minutes),
  });
  const saving = useCatalogueChange(
    () =>
      setPolicy(policy, {
        timezone: policy.timezone,
        min_notice_minutes: Number(wish.min_notice_minutes),
        horizon_days: Number(wish.horizon_days),
        hold_minutes: Number(wish.hold_minutes),
      }).catch((error: unknown) => {
        // Told apart from the form, which begins anew when somebody else has changed the rules.
        toast.failed(error);
        throw error;
      }),
    () => toast.done(t("saved")),
  );
  const wrong = fieldErrors(saving.error);
  const put = (name: keyof typeof wish) => ({
    value: wish[name],
    error: wrong[name],
    onChange: ({ target }: { target: { value: string } }) => setWish({ ...wish, [name]: target.value }),
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        saving.mutate(undefined);
      }}
    >
      <TextField
        label={t("notice")}
        hint={t("notice_hint")}
        type="number"
        required
        min={0}
        max={43200}
        {...put("min_notice_minutes")}
      />
      <TextField label={t("horizon")} type="number" required min={1} max={365} {...put("horizon_days")} />
      <TextField label={t("hold")} type="number" required min={1} max={120} {...put("hold_minutes")} />
      <div>
        <Button type="submit" look="main" busy={saving.isPending}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

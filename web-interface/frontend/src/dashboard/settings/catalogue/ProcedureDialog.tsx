import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { officesQuery, type Procedure } from "../../scheduling/catalogue";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { useRequestKey } from "../../scheduling/useRequestKey";
import { Dialog } from "../../ui/Dialog";
import { TextArea, TextField } from "../../ui/Fields";
import { useToast } from "../../ui/Toast";
import styles from "./Catalogue.module.css";
import { addProcedure, changeProcedure, useCatalogueChange } from "./changes";
import { Choices, FormButtons, FormError, linesOf, numberOr } from "./parts";
import { useCatalogueTexts } from "./texts";

const FIELDS = ["code", "name", "description", "duration_minutes", "price_text", "min_notice_minutes", "horizon_days"];

/** Add a procedure, or change one. */
export function ProcedureDialog({ procedure, onClose }: { procedure: Procedure | null; onClose: () => void }) {
  const t = useCatalogueTexts();
  const form = useId();
  const toast = useToast();
  const keyOf = useRequestKey();
  const offices = useQuery(officesQuery).data?.filter((office) => office.active) ?? [];
  const [wish, setWish] = useState({
    code: "",
    name: procedure?.name ?? "",
    description: procedure?.description ?? "",
    duration_minutes: String(procedure?.duration_minutes ?? 15),
    synonyms: procedure?.synonyms.join("\n") ?? "",
    required_papers: procedure?.required_papers.join("\n") ?? "",
    price_text: procedure?.price_text ?? "",
    min_notice_minutes: procedure?.min_notice_minutes?.toString() ?? "",
    horizon_days: procedure?.horizon_days?.toString() ?? "",
  });
  const [attendedAt, setAttendedAt] = useState<string[] | null>(null);
  const [active, setActive] = useState(procedure?.active ?? true);

  const saving = useCatalogueChange(
    () => {
      const { code, ...rest } = wish;
      const body = {
        ...rest,
        duration_minutes: Number(rest.duration_minutes),
        synonyms: linesOf(rest.synonyms),
        required_papers: linesOf(rest.required_papers),
        min_notice_minutes: numberOr(rest.min_notice_minutes),
        horizon_days: numberOr(rest.horizon_days),
      };
      if (procedure) return changeProcedure(procedure, { ...body, active, ...(attendedAt && { office_ids: attendedAt }) });
      const whole = { ...body, code, office_ids: attendedAt ?? [] };
      return addProcedure(whole, keyOf(whole));
    },
    (saved) => {
      toast.done(procedure ? t("saved") : t("added", { name: saved.name }));
      onClose();
    },
  );
  const wrong = fieldErrors(saving.error);
  const put = (name: keyof typeof wish) => ({
    value: wish[name],
    error: wrong[name],
    onChange: ({ target }: { target: { value: string } }) => setWish({ ...wish, [name]: target.value }),
  });
  return (
    <Dialog
      title={procedure ? t("edit_procedure", { name: procedure.name }) : t("add_procedure")}
      onClose={onClose}
      footer={<FormButtons form={form} busy={saving.isPending} onClose={onClose} />}
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          saving.mutate(undefined);
        }}
      >
        <TextField label={t("name")} required minLength={2} maxLength={120} {...put("name")} />
        {!procedure && (
          <TextField
            label={t("code")}
            hint={t("code_hint")}
            required
            maxLength={60}
            pattern="[a-z0-9]+(-[a-z0-9]+)*"
            {...put("code")}
          />
        )}
        <Choices
          legend={t("attended_at")}
          options={offices}
          chosen={attendedAt ?? procedure?.office_ids ?? []}
          onChange={setAttendedAt}
        />
        <div className={styles.pair}>
          <TextField label={t("duration")} type="number" required min={5} max={480} {...put("duration_minutes")} />
          <TextField label={t("price")} hint={t("price_hint")} maxLength={200} {...put("price_text")} />
        </div>
        <TextArea label={t("description")} rows={2} maxLength={2000} {...put("description")} />
        <TextArea label={t("papers")} hint={t("papers_hint")} rows={3} {...put("required_papers")} />
        <TextArea label={t("synonyms")} hint={t("synonyms_hint")} rows={3} {...put("synonyms")} />
        <div className={styles.pair}>
          <TextField
            label={t("own_notice")}
            hint={t("own_hint")}
            type="number"
            min={0}
            max={43200}
            {...put("min_notice_minutes")}
          />
          <TextField label={t("own_horizon")} hint={t("own_hint")} type="number" min={1} max={365} {...put("horizon_days")} />
        </div>
        {procedure && (
          <label className={styles.check}>
            <input type="checkbox" checked={active} onChange={({ target }) => setActive(target.checked)} />
            {t("is_active")}
          </label>
        )}
        <FormError error={saving.error} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

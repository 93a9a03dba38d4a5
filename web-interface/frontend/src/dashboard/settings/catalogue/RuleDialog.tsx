import { type SubmitEvent, useId, useState } from "react";
import { newKey } from "../../api/clients";
import type { OpeningRule } from "../../scheduling/catalogue";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Fields";
import { useToast } from "../../ui/Toast";
import styles from "./Catalogue.module.css";
import { addRule, changeRule, removeRule, type RuleIn, useCatalogueChange } from "./changes";
import { Choices, FormButtons, FormError } from "./parts";
import { useCatalogueTexts } from "./texts";
import { WEEK } from "./week";

type Props = { officeId: string; rule: OpeningRule | null; onClose: () => void };

const FIELDS = ["opens", "closes", "capacity", "step", "valid_from", "valid_until"];

/** A weekly opening: one to change, or new ones on several days at once. */
export function RuleDialog({ officeId, rule, onClose }: Props) {
  const t = useCatalogueTexts();
  const form = useId();
  const toast = useToast();
  const [weekdays, setWeekdays] = useState<string[]>(rule ? [String(rule.weekday)] : ["0", "1", "2", "3", "4"]);
  const [wish, setWish] = useState({
    opens: rule?.opens ?? "08:30",
    closes: rule?.closes ?? "14:00",
    capacity: String(rule?.capacity ?? 1),
    step: String(rule?.step ?? 15),
    valid_from: rule?.valid_from ?? "",
    valid_until: rule?.valid_until ?? "",
  });
  const [isRemoving, setRemoving] = useState(false);
  const done = () => {
    toast.done(t("saved"));
    onClose();
  };
  const saving = useCatalogueChange(async () => {
    const body = (weekday: number): RuleIn => ({
      weekday,
      opens: wish.opens,
      closes: wish.closes,
      capacity: Number(wish.capacity),
      step: Number(wish.step),
      valid_from: wish.valid_from || null,
      valid_until: wish.valid_until || null,
    });
    if (rule) {
      await changeRule(rule, body(rule.weekday));
      return;
    }
    // One after the other: a day that is refused stays chosen, those before it are done.
    for (const weekday of [...weekdays].sort()) {
      await addRule(officeId, body(Number(weekday)), newKey());
      setWeekdays((left) => left.filter((other) => other !== weekday));
    }
  }, done);
  const removing = useCatalogueChange(removeRule, () => {
    toast.done(t("removed"));
    onClose();
  });
  const wrong = fieldErrors(saving.error);
  const put = (name: keyof typeof wish) => ({
    value: wish[name],
    error: wrong[name],
    onChange: ({ target }: { target: { value: string } }) => setWish({ ...wish, [name]: target.value }),
  });

  if (isRemoving && rule) {
    return (
      <Confirm
        title={t("remove")}
        action={t("remove_really")}
        look="danger"
        busy={removing.isPending}
        onConfirm={() => removing.mutate(rule)}
        onClose={() => setRemoving(false)}
      >
        <p>{t("remove_hours_question")}</p>
        <FormError error={removing.error} fields={[]} />
      </Confirm>
    );
  }
  return (
    <Dialog
      title={rule ? t("edit_hours") : t("add_hours")}
      onClose={onClose}
      footer={
        <>
          {rule && (
            <Button look="danger" onClick={() => setRemoving(true)}>
              {t("remove")}
            </Button>
          )}
          <FormButtons form={form} busy={saving.isPending} onClose={onClose} />
        </>
      }
    >
      <form
        id={form}
        className={styles.form}
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          if (weekdays.length > 0) saving.mutate(undefined);
        }}
      >
        {!rule && (
          <Choices
            legend={t("weekdays")}
            options={WEEK.map((weekday) => ({ id: String(weekday), name: t(`weekday_${weekday}`) }))}
            chosen={weekdays}
            onChange={setWeekdays}
          />
        )}
        <div className={styles.pair}>
          <TextField label={t("opens")} type="time" required {...put("opens")} />
          <TextField label={t("closes")} type="time" required {...put("closes")} />
          <TextField label={t("capacity")} type="number" required min={1} max={200} {...put("capacity")} />
          <TextField label={t("step")} type="number" required min={5} max={240} {...put("step")} />
          <TextField label={t("valid_from")} hint={t("valid_hint")} type="date" {...put("valid_from")} />
          <TextField label={t("valid_until")} hint={t("valid_hint")} type="date" {...put("valid_until")} />
        </div>
        <FormError error={saving.error} fields={FIELDS} />
      </form>
    </Dialog>
  );
}

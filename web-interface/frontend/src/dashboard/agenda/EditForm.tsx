import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { fieldErrors } from "../scheduling/fieldErrors";
import { Button } from "../ui/Button";
import { TextArea, TextField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { useToast } from "../ui/Toast";
import { type Appointment, correct, type Correction } from "./data";
import styles from "./Dialogs.module.css";
import { useAgendaTexts } from "./texts";
import { useChanged } from "./useChanged";

/** Correct who comes and how to reach them, and write notes for colleagues. */
export function EditForm({ appointment, onDone }: { appointment: Appointment; onDone: () => void }) {
  const t = useAgendaTexts();
  const toast = useToast();
  const changed = useChanged();
  const { citizen } = appointment;
  const [person, setPerson] = useState({
    name: citizen.name,
    phone: citizen.phone ?? "",
    email: citizen.email ?? "",
    notes: appointment.notes ?? "",
  });
  const saving = useMutation({
    mutationFn: (body: Correction) => correct(appointment, body),
    onSuccess: async () => {
      await changed();
      toast.done(t("saved"));
      onDone();
    },
  });
  const wrong = fieldErrors(saving.error);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const { name, phone, email, notes } = person;
    saving.mutate({ name, phone: phone.trim() || null, email: email.trim() || null, notes });
  };
  const put = (name: keyof typeof person) => ({
    value: person[name],
    error: wrong[name],
    onChange: ({ target }: { target: { value: string } }) => setPerson({ ...person, [name]: target.value }),
  });
  return (
    <form className={styles.form} onSubmit={submit}>
      <TextField label={t("name")} required minLength={2} maxLength={120} {...put("name")} />
      <div className={styles.pair}>
        <TextField label={t("phone")} type="tel" maxLength={30} {...put("phone")} />
        <TextField label={t("email")} type="email" maxLength={254} {...put("email")} />
      </div>
      <TextArea label={t("notes")} hint={t("notes_hint")} rows={2} maxLength={2000} {...put("notes")} />
      {saving.error && Object.keys(wrong).length === 0 && <ErrorNotice error={saving.error} title={t("refused")} />}
      <div className={styles.actions}>
        <Button type="submit" look="main" busy={saving.isPending}>
          {t("save")}
        </Button>
        <Button onClick={onDone}>{t("discard")}</Button>
      </div>
    </form>
  );
}

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/shared/api/problem";
import { shownRut } from "@/shared/ui/rut";
import { conversations, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import { type Contact, keys } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./ContactCard.module.css";

const FIELDS = ["name", "rut", "phone", "email"] as const;
type FieldName = (typeof FIELDS)[number];
const TYPES = { name: "text", rut: "text", phone: "tel", email: "email" } as const;

/** What the service found wrong with single fields, by field. */
function wrongFields(error: unknown): Partial<Record<FieldName, string>> {
  const errors = error instanceof ApiError ? error.problem?.errors : null;
  if (!Array.isArray(errors)) return {};
  const wrong: Partial<Record<FieldName, string>> = {};
  for (const item of errors as { field?: unknown; detail?: unknown }[]) {
    const name = FIELDS.find((field) => String(item.field).split(".").includes(field));
    if (name && typeof item.detail === "string") wrong[name] = item.detail;
  }
  return wrong;
}

export function EditContact({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useInboxTexts();
  const toast = useToast();
  const client = useQueryClient();
  const form = useId();
  const before = { ...contact, rut: contact.rut && shownRut(contact.rut) };
  const [values, setValues] = useState<Record<FieldName, string>>({
    name: before.name ?? "",
    rut: before.rut ?? "",
    phone: before.phone ?? "",
    email: before.email ?? "",
  });
  const save = useMutation({
    mutationFn: () => {
      // Only what was changed is sent: what a colleague changed meanwhile stays.
      const changed = FIELDS.filter((field) => values[field].trim() !== (before[field] ?? ""));
      const body = Object.fromEntries(changed.map((field) => [field, values[field].trim() || null]));
      return read(conversations.PATCH("/v1/contacts/{contact_id}", { params: { path: { contact_id: contact.id } }, body }));
    },
    onSuccess: (saved) => {
      client.setQueryData(keys.contact(contact.id), saved);
      void client.invalidateQueries({ queryKey: ["inbox"] });
      toast.done(t("contact_saved"));
      onClose();
    },
  });
  const wrong = wrongFields(save.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      title={t("edit_contact_title")}
      width="small"
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form={form} busy={save.isPending}>
          {t("save")}
        </Button>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        {FIELDS.map((field) => (
          <TextField
            key={field}
            label={t(field)}
            type={TYPES[field]}
            hint={field === "rut" ? t("rut_hint") : undefined}
            error={wrong[field]}
            maxLength={200}
            value={values[field]}
            onChange={(event) => setValues({ ...values, [field]: event.target.value })}
          />
        ))}
      </form>
      {save.error && Object.keys(wrong).length === 0 && (
        <ErrorNotice error={save.error} title={t("edit_contact_title")} />
      )}
    </Dialog>
  );
}

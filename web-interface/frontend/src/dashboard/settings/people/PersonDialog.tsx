import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { conversations, read } from "../../api/clients";
import type { Role } from "../../session/store";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { usePeopleTexts } from "./texts";

export type Person = { id: string; name: string; email: string; role: Role; active: boolean };
const ROLES: readonly Role[] = ["admin", "agent", "viewer"];

/** Add a person, or change one. */
export function PersonDialog({ person, onClose }: { person: Person | null; onClose: () => void }) {
  const t = usePeopleTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const form = useId();
  const [name, setName] = useState(person?.name ?? "");
  const [email, setEmail] = useState(person?.email ?? "");
  const [role, setRole] = useState<Role>(person?.role ?? "agent");
  const [password, setPassword] = useState("");
  const [active, setActive] = useState(person?.active ?? true);
  const save = useMutation({
    mutationFn: () =>
      person
        ? read(
            conversations.PATCH("/v1/agents/{agent_id}", {
              params: { path: { agent_id: person.id } },
              body: { name, role, active, ...(password ? { password } : {}) },
            }),
          )
        : read(conversations.POST("/v1/agents", { body: { name, email, role, password } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["settings", "people"] });
      toast.done(person ? t("saved") : t("added", { name }));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      title={person ? t("edit_title") : t("add")}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form={form} busy={save.isPending}>
          {t("save")}
        </Button>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <TextField label={t("name")} required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <TextField
          label={t("email")}
          type="email"
          required
          maxLength={254}
          readOnly={person !== null}
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <SelectField
          label={t("role")}
          hint={t("role_hint")}
          value={role}
          onChange={(event) => setRole(event.target.value as Role)}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {t(`role_${each}`)}
            </option>
          ))}
        </SelectField>
        <TextField
          label={person ? t("password_new") : t("password")}
          hint={t("password_hint")}
          type="password"
          autoComplete="new-password"
          required={!person}
          minLength={10}
          maxLength={128}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {person && (
          <label>
            <input type="checkbox" checked={active} onChange={(event) => setActive(event.target.checked)} /> {t("has_access")}
          </label>
        )}
      </form>
      {save.error && <ErrorNotice error={save.error} title={t("failed")} />}
    </Dialog>
  );
}

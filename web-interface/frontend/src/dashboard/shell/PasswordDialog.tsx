import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { changePassword } from "../session/auth";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { useToast } from "../ui/Toast";
import { useShellTexts } from "./texts";

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const t = useShellTexts();
  const toast = useToast();
  const form = useId();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [differs, setDiffers] = useState(false);
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      toast.done(t("password_done"));
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setDiffers(next !== again);
    if (next === again) change.mutate();
  };
  return (
    <Dialog
      title={t("change_password")}
      width="small"
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form={form} busy={change.isPending}>
          {t("password_save")}
        </Button>
      }
    >
      <form id={form} onSubmit={submit} style={{ display: "grid", gap: "0.875rem" }}>
        <TextField
          label={t("password_current")}
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
        <TextField
          label={t("password_new")}
          hint={t("password_hint")}
          type="password"
          autoComplete="new-password"
          required
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
        <TextField
          label={t("password_again")}
          type="password"
          autoComplete="new-password"
          required
          value={again}
          error={differs ? t("password_differs") : undefined}
          onChange={(event) => setAgain(event.target.value)}
        />
      </form>
      {change.error && <ErrorNotice error={change.error} title={t("change_password")} />}
    </Dialog>
  );
}

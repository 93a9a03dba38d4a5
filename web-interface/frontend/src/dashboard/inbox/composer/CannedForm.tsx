import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { conversations, newKey, read } from "../../api/clients";
import { Button } from "../../ui/Button";
import { TextArea, TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { useToast } from "../../ui/Toast";
import { type Canned, keys } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./Composer.module.css";

function save(canned: Canned | null, body: { title: string; text: string }): Promise<Canned> {
  if (!canned) {
    return read(
      conversations.POST("/v1/canned-answers", { params: { header: { "Idempotency-Key": newKey() } }, body }),
    );
  }
  const params = { path: { canned_id: canned.id } };
  return read(conversations.PATCH("/v1/canned-answers/{canned_id}", { params, body }));
}

export function CannedForm({ canned, onDone }: { canned: Canned | null; onDone: () => void }) {
  const t = useInboxTexts();
  const toast = useToast();
  const client = useQueryClient();
  const [title, setTitle] = useState(canned?.title ?? "");
  const [text, setText] = useState(canned?.text ?? "");
  const keep = useMutation({
    mutationFn: () => save(canned, { title: title.trim(), text: text.trim() }),
    onSuccess: () => {
      toast.done(t("canned_saved"));
      onDone();
      return client.invalidateQueries({ queryKey: keys.canned });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  return (
    <form className={styles.cannedForm} onSubmit={submit}>
      <TextField
        label={t("canned_title")}
        required
        maxLength={80}
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextArea
        label={t("canned_text")}
        hint={t("canned_hint", { nombre: "{nombre}" })}
        required
        rows={6}
        maxLength={4000}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {keep.error && <ErrorNotice error={keep.error} title={t("canned_save")} />}
      <div className={styles.bar}>
        <Button onClick={onDone}>{t("canned_back")}</Button>
        <Button look="main" type="submit" busy={keep.isPending}>
          {t("canned_save")}
        </Button>
      </div>
    </form>
  );
}

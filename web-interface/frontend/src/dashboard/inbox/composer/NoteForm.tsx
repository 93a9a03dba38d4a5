import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef } from "react";
import { conversations, newKey, read } from "../../api/clients";
import { useDraft } from "../../session/drafts";
import { Button } from "../../ui/Button";
import { ErrorNotice } from "../../ui/States";
import { keys } from "../api/queries";
import { useInboxTexts } from "../texts";
import styles from "./Composer.module.css";

const MAX_NOTE = 4000;

export function NoteForm({ conversationId }: { conversationId: string }) {
  const t = useInboxTexts();
  const client = useQueryClient();
  const [text, setText] = useDraft(`note:${conversationId}`);
  // The same note sent again after a lost answer keeps its key; another text gets another.
  const attempt = useRef({ text: "", key: "" });
  const save = useMutation({
    mutationFn: (note: string) => {
      if (attempt.current.text !== note) attempt.current = { text: note, key: newKey() };
      return read(
        conversations.POST("/v1/conversations/{conversation_id}/notes", {
          params: { path: { conversation_id: conversationId }, header: { "Idempotency-Key": attempt.current.key } },
          body: { text: note },
        }),
      );
    },
    onSuccess: () => {
      attempt.current = { text: "", key: "" };
      setText("");
      return client.invalidateQueries({ queryKey: keys.notes(conversationId) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) save.mutate(text.trim());
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {save.error && <ErrorNotice error={save.error} title={t("write_note")} />}
      <textarea
        className={styles.field}
        aria-label={t("write_note")}
        placeholder={t("note_placeholder")}
        rows={2}
        maxLength={MAX_NOTE}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className={styles.bar}>
        <span className={styles.keys}>{t("note_placeholder")}</span>
        <Button look="main" type="submit" icon="note" busy={save.isPending} disabled={save.isPending || !text.trim()}>
          {t("save_note")}
        </Button>
      </div>
    </form>
  );
}

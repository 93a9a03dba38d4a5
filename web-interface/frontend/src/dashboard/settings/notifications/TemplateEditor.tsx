import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { ApiError } from "@/shared/api/problem";
import { notifications, read } from "../../api/clients";
import { fieldErrors } from "../../scheduling/fieldErrors";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { TextArea, TextField } from "../../ui/Fields";
import { ErrorNotice } from "../../ui/States";
import { Tabs } from "../../ui/Tabs";
import { useToast } from "../../ui/Toast";
import styles from "../Settings.module.css";
import { lineAt, NOTIFICATIONS, type Part, PARTS, type Template, type Words } from "./notifications";
import { Preview } from "./Preview";
import { useNotificationsTexts } from "./texts";

type Props = { template: Template; onAgain: () => void; onClose: () => void };

/** Put the cursor on the line that the service found wrong. */
function showLine(form: string, error: unknown, words: Words): void {
  const { part, line } = (error instanceof ApiError ? error.problem : null) ?? {};
  const field = document.getElementById(form)?.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${String(part)}"]`);
  if (!field) return;
  field.focus();
  if (typeof line === "number") field.setSelectionRange(...lineAt(words[part as Part], line));
}

/** Say something in one's own words: parts, what they may use, how it looks, and back to the built-in ones. */
export function TemplateEditor({ template, onAgain, onClose }: Props) {
  const t = useNotificationsTexts();
  const toast = useToast();
  const queries = useQueryClient();
  const form = useId();
  const [words, setWords] = useState<Words>(template.words);
  const [tab, setTab] = useState<"write" | "preview">("write");
  const [isResetting, setResetting] = useState(false);
  const params = { path: { name: template.name }, header: { "If-Match": `"${template.version}"` } };
  const finish = (said: string) => {
    void queries.invalidateQueries({ queryKey: NOTIFICATIONS });
    toast.done(said);
    onClose();
  };
  const save = useMutation({
    mutationFn: () => read(notifications.PUT("/v1/templates/{name}", { params, body: words })),
    onSuccess: () => finish(t("saved")),
    onError: (error) => {
      setTab("write");
      window.requestAnimationFrame(() => showLine(form, error, words));
    },
  });
  const reset = useMutation({
    mutationFn: () => read(notifications.DELETE("/v1/templates/{name}", { params })),
    onSuccess: () => finish(t("reset_done")),
    onError: (error) => {
      setResetting(false);
      toast.failed(error);
    },
  });
  if (isResetting) {
    return (
      <Confirm
        title={t("reset_title")}
        action={t("reset")}
        busy={reset.isPending}
        onConfirm={() => reset.mutate()}
        onClose={() => setResetting(false)}
      >
        <p>{t("reset_text")}</p>
      </Confirm>
    );
  }
  const wrong = fieldErrors(save.error);
  const isElsewhere = save.error && !PARTS.some(({ id }) => wrong[id]);
  const isStale = save.error instanceof ApiError && save.error.code === "template_stale";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Dialog
      title={template.title}
      width="large"
      onClose={onClose}
      footer={
        <>
          {template.own && <Button onClick={() => setResetting(true)}>{t("reset")}</Button>}
          <Button look="main" busy={save.isPending} onClick={() => save.mutate()}>
            {t("save")}
          </Button>
        </>
      }
    >
      <Tabs
        label={template.title}
        tabs={[
          { id: "write", label: t("write") },
          { id: "preview", label: t("preview") },
        ]}
        chosen={tab}
        onChoose={setTab}
      >
        {tab === "preview" ? (
          <Preview template={template} words={words} />
        ) : (
          <form id={form} className={styles.form} onSubmit={submit}>
            {PARTS.map(({ id, max, rows }) => {
              const field = {
                name: id,
                label: t(id),
                hint: id === "html" || id === "short" ? t(`${id}_hint`) : undefined,
                error: wrong[id],
                required: true,
                maxLength: max,
                value: words[id],
                spellCheck: id !== "html",
              };
              const change = (value: string) => setWords({ ...words, [id]: value });
              return rows === 1 ? (
                <TextField key={id} {...field} onChange={({ target }) => change(target.value)} />
              ) : (
                <TextArea key={id} {...field} rows={rows} onChange={({ target }) => change(target.value)} />
              );
            })}
            <Placeholders example={template.example} />
          </form>
        )}
      </Tabs>
      {isElsewhere && <ErrorNotice error={save.error} title={t("failed")} />}
      {isStale && <Button onClick={onAgain}>{t("load_theirs")}</Button>}
    </Dialog>
  );
}

function Placeholders({ example }: { example: Template["example"] }) {
  const t = useNotificationsTexts();
  const shown = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "…");
  return (
    <section aria-label={t("placeholders")}>
      <h3>{t("placeholders")}</h3>
      <p className={styles.soft}>{t("placeholders_hint")}</p>
      <ul className={styles.changes}>
        {Object.entries(example).map(([name, value]) => (
          <li key={name}>
            <code className={styles.code}>{`{{ ${name} }}`}</code> {value !== "" && <>({shown(value)})</>}
          </li>
        ))}
      </ul>
    </section>
  );
}

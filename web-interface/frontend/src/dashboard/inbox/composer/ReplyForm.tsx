import { type ClipboardEvent, type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useDraft } from "../../session/drafts";
import { Button, IconButton } from "../../ui/Button";
import { useFormats } from "../../ui/format";
import { PanelIcon } from "../../ui/PanelIcon";
import { useUiTexts, wordsOf } from "../../ui/texts";
import { useOutbox } from "../api/OutboxProvider";
import type { Conversation } from "../api/queries";
import { MAX_CAPTION, MAX_FILE_BYTES } from "../api/send";
import { useInboxTexts } from "../texts";
import { CannedDialog } from "./CannedDialog";
import styles from "./Composer.module.css";
import { useTyping } from "./useTyping";

/** The service's own limit of a text. */
const MAX_TEXT = 10_000;

type Props = { conversation: Conversation; onTyping: (on: boolean) => void };

export function ReplyForm({ conversation, onTyping }: Props) {
  const t = useInboxTexts();
  const ui = useUiTexts();
  const outbox = useOutbox();
  const typing = useTyping(onTyping);
  const { id } = conversation;
  const [text, write] = useDraft(`answer:${id}`);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [problem, setProblem] = useState("");
  const [isCannedOpen, setCannedOpen] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);

  // A refused file comes back with its reason, and what was said of it into the field: nothing of it was sent.
  useEffect(() => {
    const takeBack = () => {
      const refused = outbox.takeBackFiles(id);
      if (refused.length === 0) return;
      write((now) => [...refused.map((entry) => entry.text), now].filter(Boolean).join("\n"));
      setProblem(
        refused.map(({ file, error }) => t("file_refused", { name: file?.name ?? "", reason: wordsOf(error, ui) })).join(" "),
      );
    };
    takeBack();
    return outbox.subscribe(takeBack);
  }, [outbox, id, write, t, ui]);
  const add = (added: readonly File[]) => {
    const large = added.find((file) => file.size > MAX_FILE_BYTES);
    const empty = added.find((file) => file.size === 0);
    if (large) setProblem(t("file_too_large", { name: large.name }));
    else if (empty) setProblem(t("file_empty", { name: empty.name }));
    else setProblem("");
    setFiles((before) => [...before, ...added.filter((file) => file.size > 0 && file.size <= MAX_FILE_BYTES)]);
  };
  const send = (event?: FormEvent) => {
    event?.preventDefault();
    const said = text.trim();
    if (!said && files.length === 0) return;
    // What is said with files is said of the first of them, so that neither arrives without the other.
    const words = said.length <= MAX_CAPTION ? said : "";
    if (files.length === 0 || said !== words) outbox.add(id, said);
    files.forEach((file, index) => outbox.add(id, index === 0 ? words : "", file));
    write("");
    setFiles([]);
    setProblem("");
    typing.stop();
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent) => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    add(pasted);
  };

  return (
    <>
      <form className={styles.form} onSubmit={send}>
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        <ChosenFiles files={files} onRemove={(file) => setFiles((all) => all.filter((other) => other !== file))} />
        <textarea
          ref={field}
          className={styles.field}
          aria-label={t("write")}
          placeholder={t("write_placeholder")}
          title={t("keys_hint")}
          rows={2}
          maxLength={MAX_TEXT}
          value={text}
          onChange={(event) => {
            write(event.target.value);
            typing.touch();
          }}
          onBlur={typing.stop}
          onKeyDown={onKey}
          onPaste={onPaste}
        />
        <div className={styles.bar}>
          <input
            ref={picker}
            type="file"
            multiple
            hidden
            aria-label={t("attach")}
            onChange={(event) => {
              add([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
          <IconButton label={t("attach")} icon="clip" onClick={() => picker.current?.click()} />
          <IconButton label={t("canned")} icon="book" onClick={() => setCannedOpen(true)} />
          <span className={styles.keys}>{t("keys_hint")}</span>
          <Button look="main" type="submit" icon="send" disabled={!text.trim() && files.length === 0}>
            {t("send")}
          </Button>
        </div>
      </form>
      {isCannedOpen && (
        <CannedDialog
          name={conversation.contact.name}
          onUse={(canned) => {
            write(text.trim() ? `${text.trimEnd()}\n${canned}` : canned);
            setCannedOpen(false);
            window.setTimeout(() => field.current?.focus());
          }}
          onClose={() => setCannedOpen(false)}
        />
      )}
    </>
  );
}

function ChosenFiles({ files, onRemove }: { files: readonly File[]; onRemove: (file: File) => void }) {
  const t = useInboxTexts();
  const format = useFormats();
  if (files.length === 0) return null;
  return (
    <ul className={styles.files} aria-label={t("files")}>
      {files.map((file, index) => (
        <li key={`${index}-${file.name}`}>
          <PanelIcon name="file" />
          <span>
            {file.name} ({format.number(Math.ceil(file.size / 1024))} kB)
          </span>
          <IconButton small label={t("remove_file", { name: file.name })} icon="close" onClick={() => onRemove(file)} />
        </li>
      ))}
    </ul>
  );
}

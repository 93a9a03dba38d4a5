import { useState } from "react";
import { useDraft } from "../session/drafts";
import { useCan } from "../session/store";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { TextArea } from "../ui/Fields";
import { useFormats } from "../ui/format";
import { Card } from "../ui/Page";
import { ErrorNotice } from "../ui/States";
import { Tabs } from "../ui/Tabs";
import { useToast } from "../ui/Toast";
import { useChange } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import type { Complaint } from "./data";
import styles from "./Detail.module.css";
import { useActorName } from "./History";
import { useComplaintsTexts } from "./texts";

/** What was written on a complaint, and a field to answer the citizen or to leave a note. */
export function Answers({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const formats = useFormats();
  const nameOf = useActorName();
  const can = useCan()("agent");
  return (
    <Card title={t("answers")}>
      {complaint.comments.length === 0 && <p className={styles.soft}>{t("answers_none")}</p>}
      <ol className={styles.comments}>
        {complaint.comments.map((comment) => (
          <li key={comment.id} data-public={comment.public}>
            <p className={styles.commentHead}>
              <strong>{comment.author === "citizen" ? t("author_citizen") : nameOf(comment.actor)}</strong>
              {comment.author !== "citizen" && (
                <Badge tone={comment.public ? "info" : "note"}>{comment.public ? t("to_citizen") : t("internal")}</Badge>
              )}
              <time className={styles.soft} dateTime={comment.at}>
                {formats.dateTime(comment.at)}
              </time>
            </p>
            <p className={styles.text}>{comment.text}</p>
          </li>
        ))}
      </ol>
      {can && <Write complaint={complaint} />}
    </Card>
  );
}

function Write({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const [kind, setKind] = useState<"answer" | "note">("answer");
  const [text, setText] = useDraft(`complaint:${complaint.folio}`);
  const [missing, setMissing] = useState(false);
  const isAnswer = kind === "answer";
  const change = useChange(complaint, (_done, wish) => {
    if (wish.verb !== "comments") return;
    toast.done(t(wish.body.public ? "answer_done" : "note_done"));
    // What was begun meanwhile stays.
    setText((now) => (now.trim() === wish.body.text ? "" : now));
  });
  const { email } = complaint.citizen;
  let hint = email ? t("answer_hint_email", { email }) : t("answer_hint_tracking");
  if (complaint.conversation_id) hint = t("answer_hint_conversation");
  if (!isAnswer) hint = t("note_hint");
  return (
    <Tabs
      label={t("answers")}
      tabs={[
        { id: "answer", label: t("answer") },
        { id: "note", label: t("note") },
      ]}
      chosen={kind}
      onChoose={setKind}
    >
      <form
        className={`${styles.form} ${styles.write}`}
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!text.trim());
          if (text.trim()) change.change({ verb: "comments", body: { text: text.trim(), public: isAnswer } });
        }}
      >
        <TextArea
          label={t(isAnswer ? "answer_text" : "note_text")}
          hint={hint}
          error={missing && !text.trim() ? t("text_missing") : undefined}
          maxLength={4000}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        {change.error && <ErrorNotice error={change.error} />}
        <div>
          <Button look="main" type="submit" icon={isAnswer ? "send" : "note"} busy={change.busy}>
            {t(isAnswer ? "answer_send" : "note_save")}
          </Button>
        </div>
      </form>
      <ConflictDialog seen={complaint} change={change} onLeave={() => undefined} />
    </Tabs>
  );
}

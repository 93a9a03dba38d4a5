import { useId, useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextArea, TextField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import styles from "./Knowledge.module.css";
import { useKnowledgeTexts } from "./texts";

export type PairWords = { question: string; also: string[]; answer: string };
type Props = {
  title: string;
  about?: string;
  action: string;
  words: PairWords;
  busy: boolean;
  error: unknown;
  onSave: (words: PairWords) => void;
  onClose: () => void;
};

const MOST_WORDINGS = 20;

/** A question, other ways to ask it, and its answer. */
export function PairDialog({ title, about, action, words, busy, error, onSave, onClose }: Props) {
  const t = useKnowledgeTexts();
  const id = useId();
  const [question, setQuestion] = useState(words.question);
  const [also, setAlso] = useState(words.also.join("\n"));
  const [answer, setAnswer] = useState(words.answer);
  const [tried, setTried] = useState(false);
  const save = () => {
    setTried(true);
    if (!question.trim() || !answer.trim()) return;
    const others = also.split("\n").map((line) => line.trim());
    onSave({ question: question.trim(), also: others.filter(Boolean).slice(0, MOST_WORDINGS), answer: answer.trim() });
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form={id} busy={busy}>
          {action}
        </Button>
      }
    >
      <form
        id={id}
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        {about && <p>{about}</p>}
        <TextField
          label={t("question")}
          maxLength={300}
          value={question}
          error={tried && !question.trim() ? t("question_missing") : undefined}
          onChange={({ target }) => setQuestion(target.value)}
        />
        <TextArea
          label={t("answer_text")}
          rows={6}
          maxLength={2000}
          value={answer}
          error={tried && !answer.trim() ? t("missing") : undefined}
          onChange={({ target }) => setAnswer(target.value)}
        />
        <TextArea label={t("also")} hint={t("also_hint")} rows={3} value={also} onChange={({ target }) => setAlso(target.value)} />
        {error != null && <ErrorNotice error={error} />}
      </form>
    </Dialog>
  );
}

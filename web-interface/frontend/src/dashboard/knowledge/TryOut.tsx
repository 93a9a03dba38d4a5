import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { llm, read } from "../api/clients";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Fields";
import { EmptyState, ErrorNotice } from "../ui/States";
import styles from "./Knowledge.module.css";
import { useKnowledgeTexts } from "./texts";

const PASSAGES = 5;

/** Ask as a citizen would, and see what an answer would be looked for in; the best first. */
export function TryOut() {
  const t = useKnowledgeTexts();
  const [question, setQuestion] = useState("");
  const search = useMutation({
    mutationFn: () => read(llm.POST("/v1/knowledge/search", { body: { question: question.trim(), k: PASSAGES } })),
  });
  return (
    <div className={styles.stack}>
      <p>{t("try_about")}</p>
      <form
        className={styles.bar}
        onSubmit={(event) => {
          event.preventDefault();
          if (question.trim()) search.mutate();
        }}
      >
        <div style={{ flex: "1 1 16rem" }}>
          <TextField
            label={t("try_field")}
            required
            maxLength={300}
            value={question}
            onChange={({ target }) => setQuestion(target.value)}
          />
        </div>
        <Button look="main" type="submit" icon="search" busy={search.isPending}>
          {t("try_go")}
        </Button>
      </form>
      {search.isError && <ErrorNotice error={search.error} />}
      {search.data?.items.length === 0 && <EmptyState icon="search" title={t("try_none")} />}
      <ol className={styles.list} aria-live="polite">
        {search.data?.items.map((passage) => (
          <li key={`${passage.document_id}-${passage.position}`} className={styles.item}>
            <p className={styles.question}>{passage.document}</p>
            <p className={styles.soft}>{[...passage.headings, passage.article].filter(Boolean).join(" › ")}</p>
            <p className={styles.text}>{passage.text}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

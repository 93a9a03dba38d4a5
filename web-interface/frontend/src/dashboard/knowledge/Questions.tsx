import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { conversations, read } from "../api/clients";
import { useCan } from "../session/store";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { SelectField } from "../ui/Fields";
import { useFormats } from "../ui/format";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { useToast } from "../ui/Toast";
import { useNow } from "../ui/useNow";
import { AnswerDialog } from "./AnswerDialog";
import { type Kind, type Order, type Question, questionsQuery } from "./data";
import styles from "./Knowledge.module.css";
import { useKnowledgeTexts } from "./texts";

/** What people asked in vain, by how often: each has its answer one click away. */
export function Questions({ kind }: { kind: Kind }) {
  const t = useKnowledgeTexts();
  const [order, setOrder] = useState<Order>("count");
  const [answering, setAnswering] = useState<Question | null>(null);
  const list = useInfiniteQuery(questionsQuery(kind, order));
  const questions = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.stack}>
      <div className={styles.bar}>
        <p>{t(`${kind}_about`)}</p>
        <SelectField label={t("order")} value={order} onChange={({ target }) => setOrder(target.value as Order)}>
          <option value="count">{t("order_count")}</option>
          <option value="recent">{t("order_recent")}</option>
        </SelectField>
      </div>
      {list.isPending && <LoadingRows />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && questions.length === 0 && <EmptyState icon={kind === "unknown" ? "check" : "like"} title={t(`${kind}_empty`)} />}
      <ol className={styles.list}>
        {questions.map((question) => (
          <Item key={question.id} question={question} onAnswer={() => setAnswering(question)} />
        ))}
      </ol>
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      {answering && <AnswerDialog question={answering} onClose={() => setAnswering(null)} />}
    </div>
  );
}

function Item({ question, onAnswer }: { question: Question; onAnswer: () => void }) {
  const t = useKnowledgeTexts();
  const can = useCan()("agent");
  const formats = useFormats();
  const now = useNow();
  const toast = useToast();
  const client = useQueryClient();
  const dismiss = useMutation({
    mutationFn: () =>
      read(conversations.POST("/v1/unanswered/{question_id}/dismiss", { params: { path: { question_id: question.id } } })),
    onSuccess: () => {
      toast.done(t("dismissed"));
      void client.invalidateQueries({ queryKey: ["knowledge", "questions"] });
    },
    onError: toast.failed,
  });
  const others = question.samples.filter((sample) => sample !== question.question);
  return (
    <li className={styles.item}>
      <p className={styles.question}>{question.question}</p>
      <p className={styles.meta}>
        <Badge tone={question.count > 4 ? "alert" : "plain"}>{t("asked", { count: question.count })}</Badge>
        <span className={styles.soft}>{t("last_asked", { ago: formats.ago(question.last_at, now) })}</span>
        {question.conversation_id && (
          <Link href={`/conversaciones/${question.conversation_id}`}>{t("see_conversation")}</Link>
        )}
      </p>
      {others.length > 0 && (
        <details>
          <summary>{t("also_said")}</summary>
          <ul className={styles.samples}>
            {others.map((sample) => (
              <li key={sample}>{sample}</li>
            ))}
          </ul>
        </details>
      )}
      {can && (
        <p className={styles.actions}>
          <Button small look="main" icon="edit" onClick={onAnswer}>
            {t("answer")}
          </Button>
          <Button small look="quiet" busy={dismiss.isPending} onClick={() => dismiss.mutate()}>
            {t("dismiss")}
          </Button>
        </p>
      )}
    </li>
  );
}

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { llm, newKey, read } from "../api/clients";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { EmptyState, ErrorNotice, LoadingRows, LoadMore } from "../ui/States";
import { useToast } from "../ui/Toast";
import { type Pair, pairsQuery } from "./data";
import styles from "./Knowledge.module.css";
import { PairDialog, type PairWords } from "./PairDialog";
import { useKnowledgeTexts } from "./texts";

type Editing = { id: string; words: PairWords };

/** The office's own questions with their answers. */
export function Pairs() {
  const t = useKnowledgeTexts();
  const can = useCan()("admin");
  const list = useInfiniteQuery(pairsQuery);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [removing, setRemoving] = useState<Pair | null>(null);
  const pairs = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={styles.stack}>
      {can && (
        <div>
          <Button icon="plus" onClick={() => setEditing({ id: newKey(), words: { question: "", also: [], answer: "" } })}>
            {t("pair_new")}
          </Button>
        </div>
      )}
      {list.isPending && <LoadingRows />}
      {list.isError && <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && pairs.length === 0 && <EmptyState icon="book" title={t("pairs_empty")} />}
      <ul className={styles.list}>
        {pairs.map((pair) => (
          <li key={pair.id} className={styles.item}>
            <p className={styles.question}>{pair.question}</p>
            <p className={styles.text}>{pair.answer}</p>
            {pair.also.length > 0 && (
              <details>
                <summary>{t("also")}</summary>
                <ul className={styles.samples}>
                  {pair.also.map((other) => (
                    <li key={other}>{other}</li>
                  ))}
                </ul>
              </details>
            )}
            {can && (
              <p className={styles.actions}>
                <Button small icon="edit" onClick={() => setEditing({ id: pair.id, words: pair })}>
                  {t("pair_edit")}
                </Button>
                <Button small look="quiet" icon="trash" onClick={() => setRemoving(pair)}>
                  {t("remove")}
                </Button>
              </p>
            )}
          </li>
        ))}
      </ul>
      <LoadMore has={list.hasNextPage} busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
      {editing && <EditPair editing={editing} onClose={() => setEditing(null)} />}
      {removing && <RemovePair pair={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function EditPair({ editing, onClose }: { editing: Editing; onClose: () => void }) {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: (body: PairWords) =>
      read(llm.PUT("/v1/knowledge/pairs/{pair_id}", { params: { path: { pair_id: editing.id } }, body })),
    onSuccess: () => {
      toast.done(t("saved"));
      void client.invalidateQueries({ queryKey: ["knowledge"] });
      onClose();
    },
  });
  return (
    <PairDialog
      title={t("pair_title")}
      action={t("save")}
      words={editing.words}
      busy={save.isPending}
      error={save.error}
      onSave={(words) => save.mutate(words)}
      onClose={onClose}
    />
  );
}

function RemovePair({ pair, onClose }: { pair: Pair; onClose: () => void }) {
  const t = useKnowledgeTexts();
  const toast = useToast();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => read(llm.DELETE("/v1/knowledge/pairs/{pair_id}", { params: { path: { pair_id: pair.id } } })),
    onSuccess: () => {
      toast.done(t("removed"));
      void client.invalidateQueries({ queryKey: ["knowledge"] });
      onClose();
    },
    onError: toast.failed,
  });
  return (
    <Confirm
      title={t("remove_pair_title")}
      action={t("remove")}
      look="danger"
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>{t("remove_pair_text", { name: pair.question })}</p>
    </Confirm>
  );
}

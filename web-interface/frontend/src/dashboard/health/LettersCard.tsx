import { useState } from "react";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Confirm } from "../ui/Confirm";
import { SelectField } from "../ui/Fields";
import { Card } from "../ui/Page";
import { EmptyState, ErrorNotice, LoadingRows } from "../ui/States";
import { useToast } from "../ui/Toast";
import { type DeadLetter, type LetterAction, useDeadLetters, useLetterAction } from "./api";
import styles from "./Health.module.css";
import { LettersTable } from "./LettersTable";
import { nameOf, useHealthTexts } from "./texts";

const keyOf = (letter: DeadLetter) => `${letter.queue}/${letter.id}`;

/** What consumers gave up: with the reason, to be sent again or discarded. */
export function LettersCard() {
  const t = useHealthTexts();
  const toast = useToast();
  const { data, error, refetch } = useDeadLetters();
  const act = useLetterAction();
  const [queue, setQueue] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState(false);

  const all = data?.items ?? [];
  const queues = [...new Set(all.map((letter) => letter.queue))].sort();
  // The queue that was chosen may be empty by now; what was chosen may be gone.
  const rows = queues.includes(queue) ? all.filter((letter) => letter.queue === queue) : all;
  const picked = rows.filter((letter) => chosen.has(keyOf(letter)));

  const run = (action: LetterAction) =>
    act.mutate(
      { action, letters: picked },
      {
        onSuccess: ({ done, missing }) => {
          setChosen(new Set());
          if (done > 0) toast.done(t(action === "replay" ? "replayed" : "discarded", { count: done }));
          if (missing > 0) toast.done(t("missing", { count: missing }));
        },
        onError: toast.failed,
        onSettled: () => setAsking(false),
      },
    );

  return (
    <Card title={t("letters")} actions={all.length > 0 ? <Badge tone="alert">{all.length}</Badge> : undefined}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={2} />}
      {data && all.length === 0 && (
        <EmptyState icon="check" title={t("letters_empty")}>
          {t("letters_empty_hint")}
        </EmptyState>
      )}
      {all.length > 0 && (
        <>
          <p className={styles.hint}>{t("letters_hint")}</p>
          <div className={styles.bar}>
            {queues.length > 1 && (
              <SelectField label={t("filter_queue")} value={queue} onChange={(event) => setQueue(event.target.value)}>
                <option value="">{t("filter_all")}</option>
                {queues.map((name) => (
                  <option key={name} value={name}>
                    {nameOf(t, "queue", name)}
                  </option>
                ))}
              </SelectField>
            )}
            <div className={styles.actions}>
              <span role="status">{picked.length > 0 && t("chosen", { count: picked.length })}</span>
              <Button icon="refresh" disabled={picked.length === 0} busy={act.isPending} onClick={() => run("replay")}>
                {t("replay")}
              </Button>
              <Button
                look="danger"
                icon="trash"
                disabled={picked.length === 0 || act.isPending}
                onClick={() => setAsking(true)}
              >
                {t("discard")}
              </Button>
            </div>
          </div>
          <LettersTable letters={rows} chosen={chosen} onChoose={setChosen} keyOf={keyOf} />
          {!data?.complete && <p className={styles.hint}>{t("letters_more")}</p>}
        </>
      )}
      {asking && picked.length > 0 && (
        <Confirm
          title={t("discard_title")}
          action={t("discard")}
          look="danger"
          busy={act.isPending}
          onConfirm={() => run("discard")}
          onClose={() => setAsking(false)}
        >
          <p>{t("discard_ask", { count: picked.length })}</p>
        </Confirm>
      )}
    </Card>
  );
}

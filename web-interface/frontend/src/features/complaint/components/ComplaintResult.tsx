import { type ReactNode, useEffect, useRef } from "react";
import type { PublicComplaint } from "@/shared/api/schemas";
import { fill } from "@/shared/ui/text";
import { formatDay, formatMoment } from "../dates";
import { stepOf } from "../rules";
import texts from "../texts/es-CL.json";
import { Timeline } from "./Timeline";
import styles from "./ComplaintResult.module.css";

type Props = { complaint: PublicComplaint; timeZone: string | null; onAnother: () => void };

const STEPS = [texts.step_received, texts.step_in_review, texts.step_answered];

export function ComplaintResult({ complaint, timeZone, onAnother }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const step = stepOf(complaint.status);

  return (
    <article className={styles.result} aria-labelledby="result-title">
      <div className={styles.card}>
        <h2 id="result-title" ref={title} tabIndex={-1} className={styles.folio}>
          {fill(texts.result_label, { folio: complaint.folio })}
        </h2>
        <p className={styles.state} data-done={step === 2 && complaint.status !== "rejected"}>
          <span className="visually-hidden">{texts.state}: </span>
          {complaint.status_label}
        </p>
        <p className={styles.since}>{fill(texts.since, { date: formatMoment(complaint.since, timeZone) })}</p>
        <ol className={styles.steps} aria-label={texts.steps_label}>
          {STEPS.map((name, index) => (
            <li key={name} data-reached={index <= step} aria-current={index === step ? "step" : undefined}>
              {name}
            </li>
          ))}
        </ol>
        <dl className={styles.facts}>
          <Fact term={texts.due}>{dueText(complaint)}</Fact>
          <Fact term={texts.category}>{complaint.category}</Fact>
          <Fact term={texts.unit}>{complaint.unit}</Fact>
          <Fact term={texts.created}>{formatMoment(complaint.created_at, timeZone)}</Fact>
        </dl>
        <button className="button no-print" data-look="quiet" type="button" onClick={onAnother}>
          {texts.another}
        </button>
      </div>
      <Timeline updates={complaint.updates} timeZone={timeZone} />
    </article>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function dueText({ clock, due_date, overdue }: PublicComplaint): string {
  if (clock === "stopped" || due_date === null) return texts.due_stopped;
  if (overdue) return fill(texts.overdue, { date: formatDay(due_date) });
  return clock === "paused" ? texts.due_paused : fill(texts.due_running, { date: formatDay(due_date) });
}

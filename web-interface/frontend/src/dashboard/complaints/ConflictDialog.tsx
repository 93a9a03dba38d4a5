import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { DeadlineBadge, StatusBadge } from "./Badges";
import type { Change, Wish } from "./changes";
import { type Complaint, type Summary, useAgents } from "./data";
import styles from "./Detail.module.css";
import { HistoryList } from "./History";
import { useComplaintsTexts } from "./texts";

type Props = { seen: Summary; change: Change; onLeave: () => void };

/** Both versions of a complaint that two people changed, what was asked for, and what happened meanwhile. */
export function ConflictDialog({ seen, change, onLeave }: Props) {
  const t = useComplaintsTexts();
  if (!change.conflict) return null;
  const { current, wish } = change.conflict;
  const leave = () => {
    change.leave();
    onLeave();
  };
  return (
    <Dialog
      title={t("conflict_title")}
      width="large"
      onClose={leave}
      footer={
        <>
          <Button onClick={leave}>{t("conflict_keep")}</Button>
          <Button look="main" busy={change.busy} onClick={change.applyAnyway}>
            {t("conflict_apply")}
          </Button>
        </>
      }
    >
      <p>{t("conflict_text")}</p>
      <div className={styles.versions}>
        <Version title={t("conflict_seen")} complaint={seen} />
        <Version title={t("conflict_now")} complaint={current} />
      </div>
      <section className={styles.version}>
        <h3>{t("conflict_yours")}</h3>
        <Asked wish={wish} />
      </section>
      <section className={styles.version}>
        <h3>{t("conflict_since")}</h3>
        <HistoryList entries={since(current, seen.updated_at)} comments={current.comments} />
      </section>
    </Dialog>
  );
}

function since(current: Complaint, moment: string) {
  return current.history.filter((entry) => Date.parse(entry.at) > Date.parse(moment));
}

function Version({ title, complaint }: { title: string; complaint: Summary }) {
  const t = useComplaintsTexts();
  const { nameOf } = useAgents();
  return (
    <section className={styles.version}>
      <h3>{title}</h3>
      <p className={styles.soft}>{t("version", { version: complaint.version })}</p>
      <p className={styles.badges}>
        <StatusBadge status={complaint.status} />
        <DeadlineBadge complaint={complaint} />
      </p>
      <dl className={styles.facts}>
        <dt>{t("assignee")}</dt>
        <dd>{complaint.assignee ? nameOf(complaint.assignee) : t("nobody")}</dd>
        <dt>{t("unit")}</dt>
        <dd>{complaint.unit}</dd>
      </dl>
    </section>
  );
}

function Asked({ wish }: { wish: Wish }) {
  const t = useComplaintsTexts();
  const { nameOf } = useAgents();
  switch (wish.verb) {
    case "status":
      return <p>{t("yours_status", { status: t(`status_${wish.body.status}`), text: wish.body.reason })}</p>;
    case "assign":
      return <p>{t("yours_assignee", { name: wish.body.assignee ? nameOf(wish.body.assignee) : t("nobody") })}</p>;
    case "comments":
      return <p className={styles.text}>{t("yours_text", { text: wish.body.text })}</p>;
    case "merge":
      return <p>{t("yours_into", { folio: wish.body.into })}</p>;
    case "attachments":
      return <p>{t("yours_attachment_ids")}</p>;
  }
}

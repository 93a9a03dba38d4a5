import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { useFormats } from "../ui/format";
import { Card, Page } from "../ui/Page";
import { PanelIcon } from "../ui/PanelIcon";
import { ErrorNotice, LoadingRows } from "../ui/States";
import { listAddress } from "./address";
import { Answers } from "./Answers";
import { AssignDialog } from "./AssignDialog";
import { Attachments } from "./Attachments";
import { DeadlineBadge, StatusBadge } from "./Badges";
import { CitizenCard } from "./CitizenCard";
import { type Complaint, complaintQuery, OPEN, useAgents } from "./data";
import styles from "./Detail.module.css";
import { HistoryList } from "./History";
import { MergeDialog } from "./MergeDialog";
import { MoveDialog } from "./MoveDialog";
import { useComplaintsTexts } from "./texts";

type Doing = "move" | "assign" | "merge";
/** A dialog keeps the complaint as it was when the person opened it: what changes meanwhile is a conflict, not a surprise. */
type Opened = { what: Doing; seen: Complaint };

/** One complaint: who, what, where, until when; what was done, and what can be done now. */
export function DetailPage({ folio }: { folio: string }) {
  const t = useComplaintsTexts();
  const one = useQuery(complaintQuery(folio));
  const [doing, setDoing] = useState<Opened | null>(null);
  const complaint = one.data;
  const close = () => setDoing(null);
  return (
    <Page title={folio} actions={complaint && <Actions complaint={complaint} onDo={(what) => setDoing({ what, seen: complaint })} />}>
      <Back />
      {one.isPending && <LoadingRows rows={6} />}
      {one.isError && <ErrorNotice error={one.error} onRetry={() => void one.refetch()} />}
      {complaint && (
        <div className={styles.columns}>
          <div className={styles.main}>
            <Case complaint={complaint} />
            <Answers complaint={complaint} />
          </div>
          <div className={styles.side}>
            <CitizenCard complaint={complaint} />
            <Attachments complaint={complaint} />
            <Card title={t("history")}>
              <HistoryList entries={complaint.history} comments={complaint.comments} />
            </Card>
          </div>
        </div>
      )}
      {doing?.what === "move" && <MoveDialog complaint={doing.seen} followers={doing.seen.duplicates.length} onClose={close} />}
      {doing?.what === "assign" && <AssignDialog complaint={doing.seen} onClose={close} />}
      {doing?.what === "merge" && <MergeDialog complaint={doing.seen} onClose={close} />}
    </Page>
  );
}

/** Back to the list as it was: with its filters where one came from it. */
function Back() {
  const t = useComplaintsTexts();
  return (
    <p>
      <Link className={styles.back} href={listAddress()}>
        <PanelIcon name="back" /> {t("back")}
      </Link>
    </p>
  );
}

function Actions({ complaint, onDo }: { complaint: Complaint; onDo: (what: Doing) => void }) {
  const t = useComplaintsTexts();
  const can = useCan()("agent");
  if (!can) return null;
  const isOpen = OPEN.includes(complaint.status);
  return (
    <>
      {isOpen && complaint.duplicates.length === 0 && <Button onClick={() => onDo("merge")}>{t("merge")}</Button>}
      <Button icon="person" onClick={() => onDo("assign")}>
        {t("assign")}
      </Button>
      <Button look="main" onClick={() => onDo("move")}>
        {t("move")}
      </Button>
    </>
  );
}

function Case({ complaint }: { complaint: Complaint }) {
  const t = useComplaintsTexts();
  const formats = useFormats();
  const { nameOf } = useAgents();
  return (
    <Card title={complaint.category_name}>
      <p className={styles.badges}>
        <StatusBadge status={complaint.status} />
        <DeadlineBadge complaint={complaint} withDay />
      </p>
      {complaint.merged_into && (
        <p className={styles.note}>
          {t("merged_notice", { folio: complaint.merged_into })}{" "}
          <Link href={`/reclamos/${complaint.merged_into}`}>{complaint.merged_into}</Link>
        </p>
      )}
      <h3>{t("description")}</h3>
      <p className={styles.text}>{complaint.description}</p>
      <dl className={styles.facts}>
        <dt>{t("assignee")}</dt>
        <dd>{complaint.assignee ? nameOf(complaint.assignee) : t("nobody")}</dd>
        <dt>{t("unit")}</dt>
        <dd>{complaint.unit}</dd>
        <dt>{t("place")}</dt>
        <dd>{complaint.place?.address || t("address_none")}</dd>
        <dt>{t("entered")}</dt>
        <dd>{formats.dateTime(complaint.created_at)}</dd>
        {complaint.duplicates.length > 0 && (
          <>
            <dt>{t("duplicates")}</dt>
            <dd className={styles.badges}>
              {complaint.duplicates.map((folio) => (
                <Link key={folio} href={`/reclamos/${folio}`}>
                  {folio}
                </Link>
              ))}
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

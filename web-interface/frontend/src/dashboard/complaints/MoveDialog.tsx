import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField, TextArea } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { useToast } from "../ui/Toast";
import { useChange } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import { STATUSES, type Status, type Summary } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

type Props = { complaint: Summary; to?: Status | undefined; followers?: number; onClose: () => void };

/** Ask where a complaint goes, and why: the citizen reads it. */
export function MoveDialog({ complaint, to, followers = 0, onClose }: Props) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const allowed = STATUSES.filter((status) => complaint.allowed_statuses.includes(status));
  const [status, setStatus] = useState(to ?? allowed[0]!);
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const change = useChange(complaint, (moved) => {
    toast.done(t("move_done", { folio: moved.folio, status: t(`status_${moved.status}`) }));
    onClose();
  });
  if (change.conflict) return <ConflictDialog seen={complaint} change={change} onLeave={onClose} />;
  return (
    <Dialog
      title={t("move_title", { folio: complaint.folio })}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form="move-form" busy={change.busy}>
          {t("move")}
        </Button>
      }
    >
      <form
        id="move-form"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          setMissing(!reason.trim());
          if (reason.trim()) change.change({ verb: "status", body: { status, reason: reason.trim() } });
        }}
      >
        <SelectField label={t("move_to")} value={status} onChange={({ target }) => setStatus(target.value as Status)}>
          {allowed.map((name) => (
            <option key={name} value={name}>
              {t(`status_${name}`)}
            </option>
          ))}
        </SelectField>
        <TextArea
          label={t("reason")}
          hint={t("reason_hint")}
          error={missing ? t("reason_missing") : undefined}
          rows={3}
          maxLength={200}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        {followers > 0 && <p className={styles.soft}>{t("followers_told", { count: followers })}</p>}
        {change.error && <ErrorNotice error={change.error} />}
      </form>
    </Dialog>
  );
}

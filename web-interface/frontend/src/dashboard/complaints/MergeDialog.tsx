import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Fields";
import { ErrorNotice, LoadingRows } from "../ui/States";
import { useToast } from "../ui/Toast";
import { StatusBadge } from "./Badges";
import { useChange } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import { type Complaint, nearbyQuery } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

/** Choose the complaint that this one repeats: from what is nearby, or by its folio. */
export function MergeDialog({ complaint, onClose }: { complaint: Complaint; onClose: () => void }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const nearby = useQuery(nearbyQuery(complaint));
  const [into, setInto] = useState("");
  const change = useChange(complaint, (done) => {
    toast.done(t("merge_done", { folio: done.merged_into ?? into }));
    onClose();
  });
  if (change.conflict) return <ConflictDialog seen={complaint} change={change} onLeave={onClose} />;
  return (
    <Dialog
      title={t("merge_title", { folio: complaint.folio })}
      onClose={onClose}
      footer={
        <Button look="main" type="submit" form="merge-form" busy={change.busy}>
          {t("merge")}
        </Button>
      }
    >
      <p>{t("merge_text")}</p>
      {complaint.place?.latitude != null && (
        <fieldset className={styles.nearby}>
          <legend>{t("merge_near")}</legend>
          {nearby.isPending && <LoadingRows rows={2} />}
          {nearby.isError && <ErrorNotice error={nearby.error} onRetry={() => void nearby.refetch()} />}
          {nearby.data?.length === 0 && <p className={styles.soft}>{t("merge_near_none")}</p>}
          {nearby.data?.map((item) => (
            <label key={item.folio} className={styles.choice}>
              <input type="radio" name="near" checked={into === item.folio} onChange={() => setInto(item.folio)} />
              <span>
                <strong>{item.folio}</strong> · {t("merge_distance", { metres: item.distance_m })} <StatusBadge status={item.status} />
                <span className={styles.words}>{item.description}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      <form
        id="merge-form"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (into.trim()) change.change({ verb: "merge", body: { into: into.trim(), reason: "" } });
        }}
      >
        <TextField
          label={t("merge_into")}
          placeholder="REC-2026-000013-7"
          required
          maxLength={60}
          value={into}
          onChange={({ target }) => setInto(target.value)}
        />
        {change.error && <ErrorNotice error={change.error} />}
      </form>
    </Dialog>
  );
}

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMe } from "../session/store";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField } from "../ui/Fields";
import { ErrorNotice } from "../ui/States";
import { useToast } from "../ui/Toast";
import { useChange } from "./changes";
import { ConflictDialog } from "./ConflictDialog";
import { categoriesQuery, type Complaint, useAgents } from "./data";
import styles from "./Detail.module.css";
import { useComplaintsTexts } from "./texts";

/** Say who takes care of a complaint, and which unit. */
export function AssignDialog({ complaint, onClose }: { complaint: Complaint; onClose: () => void }) {
  const t = useComplaintsTexts();
  const toast = useToast();
  const me = useMe();
  const { choices, nameOf } = useAgents();
  const areas = useQuery(categoriesQuery).data ?? [];
  const units = [...new Set([complaint.unit, ...areas.flatMap((area) => [area.unit, ...area.children.map((child) => child.unit)])])];
  const [assignee, setAssignee] = useState(complaint.assignee ?? "");
  const [unit, setUnit] = useState(complaint.unit);
  const change = useChange(complaint, (done) => {
    toast.done(t("assign_done", { folio: done.folio }));
    onClose();
  });
  const people = new Map(choices.map((agent) => [agent.id, agent.name]));
  if (complaint.assignee) people.set(complaint.assignee, nameOf(complaint.assignee));
  if (change.conflict) return <ConflictDialog seen={complaint} change={change} onLeave={onClose} />;
  return (
    <Dialog
      title={t("assign_title", { folio: complaint.folio })}
      width="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={() => setAssignee(me.id)}>{t("assign_me")}</Button>
          <Button look="main" type="submit" form="assign-form" busy={change.busy}>
            {t("assign")}
          </Button>
        </>
      }
    >
      <form
        id="assign-form"
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          change.change({ verb: "assign", body: { assignee: assignee || null, unit } });
        }}
      >
        <SelectField label={t("assignee")} value={assignee} onChange={({ target }) => setAssignee(target.value)}>
          <option value="">{t("nobody")}</option>
          {[...people].map(([id, name]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        <SelectField label={t("unit")} value={unit} onChange={({ target }) => setUnit(target.value)}>
          {units.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </SelectField>
        {change.error && <ErrorNotice error={change.error} />}
      </form>
    </Dialog>
  );
}

import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { wallAt } from "../scheduling/wallTime";
import { Button } from "../ui/Button";
import { useToast } from "../ui/Toast";
import { useNow } from "../ui/useNow";
import { type Appointment, move } from "./data";
import styles from "./Dialogs.module.css";
import { MoveRefusal } from "./MoveRefusal";
import { ReasonField } from "./ReasonField";
import { SlotPicker } from "./SlotPicker";
import { useAgendaTexts } from "./texts";
import { useChanged } from "./useChanged";

/** Move an hour without a mouse, or farther than a card can be dragged. */
export function MoveForm({ appointment, onDone }: { appointment: Appointment; onDone: () => void }) {
  const t = useAgendaTexts();
  const toast = useToast();
  const changed = useChanged();
  const today = wallAt(useNow(), appointment.timezone).slice(0, 10);
  const [day, setDay] = useState(appointment.start.slice(0, 10));
  const [start, setStart] = useState("");
  const [reason, setReason] = useState("");
  const moving = useMutation({
    mutationFn: (to: string) => move(appointment, { start: to, reason: reason.trim() }),
    onSuccess: async (moved) => {
      await changed();
      toast.done(t("moved", { name: moved.citizen.name, when: moved.when_text }));
      onDone();
    },
    onError: () => void changed(),
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (start) moving.mutate(start);
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <SlotPicker
        procedureId={appointment.procedure.id}
        officeId={appointment.office.id}
        day={day}
        today={today}
        onDay={setDay}
        start={start}
        onStart={(slot) => setStart(slot.start)}
      />
      <ReasonField appointment={appointment} reason={reason} onChange={setReason} />
      {moving.error && <MoveRefusal error={moving.error} onChoose={(alternative) => moving.mutate(alternative.start)} />}
      <div className={styles.actions}>
        <Button type="submit" look="main" busy={moving.isPending} disabled={!start || moving.isPending}>
          {start ? t("move_to", { time: start.slice(11, 16) }) : t("choose_time")}
        </Button>
        <Button onClick={onDone}>{t("leave_it")}</Button>
      </div>
    </form>
  );
}

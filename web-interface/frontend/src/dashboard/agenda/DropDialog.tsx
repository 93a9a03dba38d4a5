import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { dayInWords, momentOf } from "../scheduling/wallTime";
import { useLanguage } from "../shell/i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { useToast } from "../ui/Toast";
import { type Appointment, move } from "./data";
import styles from "./Dialogs.module.css";
import { MoveRefusal } from "./MoveRefusal";
import { ReasonField } from "./ReasonField";
import { useAgendaTexts } from "./texts";
import { useChanged } from "./useChanged";

type Props = {
  appointment: Appointment;
  /** Where the card was dropped, on the office's clock. */
  wall: string;
  /** The service said no: the card goes back. */
  onRefused: () => void;
  onClose: () => void;
};

/** Ask before a dropped card becomes a moved hour: a person has planned their day around it. */
export function DropDialog({ appointment, wall, onRefused, onClose }: Props) {
  const t = useAgendaTexts();
  const toast = useToast();
  const changed = useChanged();
  const language = useLanguage();
  const [reason, setReason] = useState("");
  const moving = useMutation({
    mutationFn: (start: string) => move(appointment, { start, reason: reason.trim() }),
    onSuccess: async (moved) => {
      await changed();
      toast.done(t("moved", { name: moved.citizen.name, when: moved.when_text }));
      onClose();
    },
    onError: onRefused,
  });
  const day = dayInWords(wall.slice(0, 10), language, { weekday: "long", day: "numeric", month: "long" });
  return (
    <Dialog
      title={t("move_title")}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("leave_it")}</Button>
          <Button
            look="main"
            busy={moving.isPending}
            disabled={moving.isError || moving.isPending}
            onClick={() => moving.mutate(momentOf(wall, appointment.timezone))}
          >
            {t("move")}
          </Button>
        </>
      }
    >
      <dl className={styles.facts}>
        <dt>{t("person")}</dt>
        <dd>{appointment.citizen.name}</dd>
        <dt>{t("procedure")}</dt>
        <dd>
          {appointment.procedure.name}, {appointment.office.name}
        </dd>
        <dt>{t("from")}</dt>
        <dd>{appointment.when_text}</dd>
        <dt>{t("to")}</dt>
        <dd>
          <strong>
            {day}, {wall.slice(11, 16)}
          </strong>
        </dd>
      </dl>
      {moving.error ? (
        <MoveRefusal error={moving.error} onChoose={({ start }) => moving.mutate(start)} />
      ) : (
        <ReasonField appointment={appointment} reason={reason} onChange={setReason} />
      )}
    </Dialog>
  );
}

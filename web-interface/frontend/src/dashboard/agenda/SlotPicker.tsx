import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { Button } from "../ui/Button";
import { TextField } from "../ui/Fields";
import { ErrorNotice, LoadingRows } from "../ui/States";
import { type Slot, slotsQuery } from "./data";
import styles from "./Dialogs.module.css";
import { useAgendaTexts } from "./texts";

type Props = {
  procedureId: string;
  officeId: string;
  day: string;
  today: string;
  onDay: (day: string) => void;
  /** The chosen start, as the service writes it. */
  start: string;
  onStart: (slot: Slot) => void;
};

/** Choose a day and one of its free times. */
export function SlotPicker({ procedureId, officeId, day, today, onDay, start, onStart }: Props) {
  const t = useAgendaTexts();
  const label = useId();
  const slots = useQuery(slotsQuery(procedureId, officeId, day));
  return (
    <>
      <TextField
        type="date"
        label={t("day")}
        value={day}
        min={today}
        required
        onChange={({ target }) => onDay(target.value)}
      />
      <div className={styles.group} role="group" aria-labelledby={label}>
        <strong id={label}>{t("time")}</strong>
        {!procedureId && <p className={styles.quiet}>{t("choose_procedure")}</p>}
        {slots.isLoading && <LoadingRows rows={1} />}
        {slots.error && <ErrorNotice error={slots.error} onRetry={() => void slots.refetch()} />}
        {slots.data && (
          <>
            <p className={styles.quiet}>{slots.data.days[0]?.detail}</p>
            <div className={styles.slots}>
              {slots.data.items.map((slot) => (
                <Button
                  key={`${slot.start}${slot.office_id}`}
                  small
                  aria-pressed={slot.start === start}
                  onClick={() => onStart(slot)}
                >
                  {slot.start.slice(11, 16)}
                  {slot.capacity > 1 && <span className="visually-hidden"> {t("free", { count: slot.free })}</span>}
                </Button>
              ))}
            </div>
          </>
        )}
      </div>
    </>
  );
}

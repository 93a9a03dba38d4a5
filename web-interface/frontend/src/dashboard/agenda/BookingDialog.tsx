import { useMutation, useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useId, useState } from "react";
import { ApiError } from "@/shared/api/problem";
import { officesQuery, proceduresQuery } from "../scheduling/catalogue";
import { fieldErrors } from "../scheduling/fieldErrors";
import { useRequestKey } from "../scheduling/useRequestKey";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { SelectField, TextArea, TextField } from "../ui/Fields";
import { useToast } from "../ui/Toast";
import { book, type Booking, type Filters } from "./data";
import styles from "./Dialogs.module.css";
import { MoveRefusal } from "./MoveRefusal";
import { SlotPicker } from "./SlotPicker";
import { useAgendaTexts } from "./texts";
import { useChanged } from "./useChanged";

type Props = {
  /** A wall-clock time that was clicked, or a day followed by `T`. */
  wall: string;
  today: string;
  filters: Filters;
  onClose: () => void;
};

const CHANNELS = ["counter", "phone"] as const;

/** Book an hour for somebody at the counter or on the telephone. */
export function BookingDialog({ wall, today, filters, onClose }: Props) {
  const t = useAgendaTexts();
  const form = useId();
  const toast = useToast();
  const changed = useChanged();
  const keyOf = useRequestKey();
  const procedures = useQuery(proceduresQuery).data?.filter((item) => item.active) ?? [];
  const offices = useQuery(officesQuery).data?.filter((item) => item.active) ?? [];

  const [procedureId, setProcedure] = useState(filters.procedureId);
  const [officeId, setOffice] = useState(filters.officeId);
  const [day, setDay] = useState(wall.slice(0, 10) < today ? today : wall.slice(0, 10));
  const [chosen, setChosen] = useState<{ start: string; officeId: string } | null>(null);
  const [person, setPerson] = useState({ rut: "", name: "", phone: "", email: "", notes: "", channel: "counter" });
  const [wanted, setWanted] = useState(wall.slice(11, 16));

  const booking = useMutation({
    mutationFn: (body: Booking) => book(body, keyOf(body)),
    onSuccess: async (made) => {
      await changed();
      toast.done(t("booked", { name: made.citizen.name, when: made.when_text, code: made.code }));
      onClose();
    },
    // What looked free is not: show what is.
    onError: () => void changed(),
  });
  const wrong = fieldErrors(booking.error);
  const isAboutFields = Object.keys(wrong).length > 0;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!chosen) return;
    booking.mutate({
      procedure_id: procedureId,
      office_id: chosen.officeId,
      start: chosen.start,
      citizen: {
        rut: person.rut,
        name: person.name,
        phone: person.phone.trim() || null,
        email: person.email.trim() || null,
      },
      channel: person.channel,
      notes: person.notes,
    });
  };
  const choose = (start: string, office: string) => {
    setChosen({ start, officeId: office });
    setWanted("");
    if (booking.error instanceof ApiError) booking.reset();
  };
  const put = (name: keyof typeof person) => ({
    value: person[name],
    onChange: ({ target }: { target: { value: string } }) => setPerson({ ...person, [name]: target.value }),
  });

  return (
    <Dialog
      title={t("new")}
      width="large"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("discard")}</Button>
          <Button look="main" type="submit" form={form} busy={booking.isPending} disabled={!chosen || booking.isPending}>
            {chosen ? t("book_at", { time: chosen.start.slice(11, 16) }) : t("choose_time")}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={submit}>
        <div className={styles.pair}>
          <SelectField
            label={t("procedure")}
            required
            value={procedureId}
            onChange={({ target }) => {
              setProcedure(target.value);
              setChosen(null);
            }}
          >
            <option value="">{t("choose")}</option>
            {procedures
              .filter((item) => !officeId || item.office_ids.includes(officeId))
              .map((item) => (
                <option key={item.id} value={item.id}>
                  {item.name}
                </option>
              ))}
          </SelectField>
          <SelectField
            label={t("office")}
            value={officeId}
            onChange={({ target }) => {
              setOffice(target.value);
              setChosen(null);
            }}
          >
            <option value="">{t("any_office")}</option>
            {offices
              .filter((item) => !procedureId || item.procedure_ids.includes(procedureId))
              .map((item) => (
                <option key={item.id} value={item.id}>
                  {item.name}
                </option>
              ))}
          </SelectField>
        </div>
        <SlotPicker
          procedureId={procedureId}
          officeId={officeId}
          day={day}
          today={today}
          start={chosen?.start ?? ""}
          onDay={(next) => {
            setDay(next);
            setChosen(null);
          }}
          onStart={(slot) => choose(slot.start, slot.office_id)}
        />
        {wanted && procedureId && !chosen && <p className={styles.quiet}>{t("clicked_at", { time: wanted })}</p>}
        <div className={styles.pair}>
          <TextField label={t("rut")} required maxLength={20} error={wrong["citizen.rut"]} {...put("rut")} />
          <TextField label={t("name")} required minLength={2} maxLength={120} error={wrong["citizen.name"]} {...put("name")} />
          <TextField label={t("phone")} type="tel" maxLength={30} error={wrong["citizen.phone"]} {...put("phone")} />
          <TextField label={t("email")} type="email" maxLength={254} error={wrong["citizen.email"]} {...put("email")} />
          <SelectField label={t("asked_by")} {...put("channel")}>
            {CHANNELS.map((name) => (
              <option key={name} value={name}>
                {t(`channel_${name}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <TextArea label={t("notes")} hint={t("notes_hint")} rows={2} maxLength={2000} {...put("notes")} />
        {booking.error && !isAboutFields && (
          <MoveRefusal
            error={booking.error}
            onChoose={({ start, office_id }) => {
              setDay(start.slice(0, 10));
              choose(start, office_id);
            }}
          />
        )}
      </form>
    </Dialog>
  );
}

import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { Badge } from "../ui/Badge";
import { IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { EmptyState, ErrorNotice } from "../ui/States";
import styles from "./Calendar.module.css";
import { type Appointment, find } from "./data";
import { kindOfSearch, statusOf, toneOf } from "./rules";
import { useAgendaTexts } from "./texts";

/** Find an hour by its code, or a person's by their RUT. */
export function Search({ from, onOpen }: { from: string; onOpen: (appointment: Appointment) => void }) {
  const t = useAgendaTexts();
  const [text, setText] = useState("");
  const search = useMutation({
    mutationFn: (kind: "code" | "rut") => find(text.trim(), kind, from),
    onSuccess: (found) => {
      if (found.length === 1) open(found[0]!);
    },
  });
  const kind = kindOfSearch(text);
  const open = (appointment: Appointment) => {
    search.reset();
    setText("");
    onOpen(appointment);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (kind) search.mutate(kind);
  };
  return (
    <>
      <form role="search" className={styles.search} onSubmit={submit}>
        <input
          type="search"
          value={text}
          maxLength={20}
          aria-label={t("search")}
          placeholder={t("search_hint")}
          onChange={({ target }) => setText(target.value)}
        />
        <IconButton type="submit" icon="search" label={t("search")} busy={search.isPending} disabled={!kind} />
      </form>
      {(search.error || (search.data && search.data.length !== 1)) && (
        <Dialog title={t("found")} onClose={search.reset}>
          {search.error && <ErrorNotice error={search.error} />}
          {search.data?.length === 0 && <EmptyState icon="search" title={t("found_none")} />}
          <ul className={styles.found}>
            {search.data?.map((appointment) => (
              <li key={appointment.id}>
                <button type="button" onClick={() => open(appointment)}>
                  <strong>{appointment.when_text}</strong>
                  <span>
                    {appointment.citizen.name} · {appointment.procedure.name} · {appointment.office.name}
                  </span>
                  <Badge tone={toneOf(statusOf(appointment))}>{t(`status_${statusOf(appointment)}`)}</Badge>
                </button>
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </>
  );
}

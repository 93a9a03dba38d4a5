import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link } from "wouter";
import { type Exception, exceptionsQuery, officesQuery, proceduresQuery } from "../scheduling/catalogue";
import { wallAt, wallOf } from "../scheduling/wallTime";
import { useRefetchOn } from "../live/hooks";
import { useCan } from "../session/store";
import { Button } from "../ui/Button";
import { useTenant } from "../ui/format";
import { Page } from "../ui/Page";
import { ErrorNotice } from "../ui/States";
import { useNow } from "../ui/useNow";
import { useAddress } from "./address";
import { appointmentEvents, exceptionEvents, hoursToDraw, holidayEvents, openingEvents, stepOf } from "./calendar";
import { CalendarView } from "./CalendarView";
import { AGENDA_KEY, type Appointment, appointmentsQuery, daysQuery, MOST } from "./data";
import styles from "./Calendar.module.css";
import { rangeOf } from "./range";
import { Search } from "./Search";
import { useAgendaTexts } from "./texts";
import { Toolbar } from "./Toolbar";
import { useNarrow } from "./useNarrow";

// The calendar alone is heavy: what opens on a click comes after it.
const AppointmentDialog = lazy(() => import("./AppointmentDialog").then((found) => ({ default: found.AppointmentDialog })));
const BookingDialog = lazy(() => import("./BookingDialog").then((found) => ({ default: found.BookingDialog })));
const DropDialog = lazy(() => import("./DropDialog").then((found) => ({ default: found.DropDialog })));
const ExceptionDialog = lazy(() =>
  import("../scheduling/ExceptionDialog").then((found) => ({ default: found.ExceptionDialog })),
);

type Opened =
  | { kind: "booking"; wall: string }
  | { kind: "drop"; appointment: Appointment; wall: string; refused: boolean }
  | { kind: "exception"; exception: Exception | null };

export function Calendar() {
  const t = useAgendaTexts();
  const can = useCan();
  const mayRun = can("agent");
  const now = useNow();
  const narrow = useNarrow();
  const zone = useTenant()?.timezone ?? "America/Santiago";
  const today = wallAt(now, zone).slice(0, 10);
  const [address, change] = useAddress(today, narrow ? "day" : "week");
  const { view, day, filters, withCancelled } = address;
  const [opened, setOpened] = useState<Opened | null>(null);

  const range = useMemo(() => rangeOf(view, day), [view, day]);
  const offices = useQuery(officesQuery);
  const procedures = useQuery(proceduresQuery);
  const appointments = useQuery(appointmentsQuery(range, filters));
  const days = useQuery(daysQuery(range, filters.officeId));
  const exceptions = useQuery(exceptionsQuery(range.from, range.to));
  useRefetchOn(["munbot.appointment."], () => [AGENDA_KEY]);

  const shown = useMemo(
    () => (appointments.data?.items ?? []).filter((item) => withCancelled || item.status !== "cancelled"),
    [appointments.data, withCancelled],
  );
  // A card that was dropped waits at its new place while the person is asked; refused, it goes back.
  const dropped = opened?.kind === "drop" && !opened.refused ? opened : null;
  const events = useMemo(() => {
    const words = {
      holiday: (name: string) => t("holiday", { name }),
      closed: (reason: string, office: string) => (reason ? t("closed_because", { office, reason }) : t("closed", { office })),
      opened: (reason: string, office: string) => (reason ? t("opened_because", { office, reason }) : t("opened", { office })),
    };
    const nameOf = (id: string | null) => offices.data?.find((office) => office.id === id)?.name ?? t("all_offices");
    return [
      ...appointmentEvents(shown, now, mayRun, dropped),
      ...openingEvents(days.data ?? []),
      ...holidayEvents(days.data ?? [], words),
      ...exceptionEvents(exceptions.data ?? [], filters.officeId, nameOf, words),
    ];
  }, [shown, days.data, exceptions.data, offices.data, filters.officeId, now, mayRun, dropped, t]);
  const hours = useMemo(() => hoursToDraw(days.data ?? [], shown), [days.data, shown]);
  const error = appointments.error ?? days.error ?? exceptions.error ?? offices.error ?? procedures.error;
  const again = () => void Promise.all([appointments, days, exceptions, offices, procedures].map((query) => query.refetch()));

  return (
    <Page
      title={t("title")}
      layout="fill"
      actions={
        <>
          <Search from={today} onOpen={(found) => change({ open: found.id, day: wallOf(found.start).slice(0, 10) })} />
          <Link className={styles.link} href={`/agenda/lista?fecha=${day}&oficina=${filters.officeId}`}>
            {t("day_list")}
          </Link>
          {can("admin") && (
            <Button onClick={() => setOpened({ kind: "exception", exception: null })}>{t("close_days")}</Button>
          )}
          {mayRun && (
            <Button look="main" icon="plus" onClick={() => setOpened({ kind: "booking", wall: `${day}T` })}>
              {t("new")}
            </Button>
          )}
        </>
      }
    >
      <Toolbar
        address={address}
        today={today}
        offices={offices.data ?? []}
        procedures={procedures.data ?? []}
        busy={appointments.isFetching}
        onChange={change}
      />
      {error && <ErrorNotice error={error} onRetry={again} />}
      {appointments.data?.cut && <p role="status">{t("cut", { count: MOST })}</p>}
      <CalendarView
        view={view}
        day={day}
        zone={zone}
        narrow={narrow}
        events={events}
        hours={hours}
        step={stepOf(days.data ?? [])}
        onOpen={(appointment) => change({ open: appointment.id })}
        onException={(exception) => can("admin") && setOpened({ kind: "exception", exception })}
        onDrop={(appointment, wall) => setOpened({ kind: "drop", appointment, wall, refused: false })}
        onDay={(picked) => change({ view: "day", day: picked })}
        {...(mayRun && { onPick: (wall: string) => setOpened({ kind: "booking", wall }) })}
      />
      <Suspense>
        {address.open && <AppointmentDialog id={address.open} onClose={() => change({ open: "" })} />}
        {opened?.kind === "booking" && (
          <BookingDialog wall={opened.wall} today={today} filters={filters} onClose={() => setOpened(null)} />
        )}
        {opened?.kind === "drop" && (
          <DropDialog
            appointment={opened.appointment}
            wall={opened.wall}
            onRefused={() => setOpened({ ...opened, refused: true })}
            onClose={() => setOpened(null)}
          />
        )}
        {opened?.kind === "exception" && (
          <ExceptionDialog exception={opened.exception} day={day} officeId={filters.officeId} onClose={() => setOpened(null)} />
        )}
      </Suspense>
    </Page>
  );
}

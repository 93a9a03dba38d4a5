import type { DateClickArg } from "@fullcalendar/interaction";
import type { DayCellMountArg, EventApi, EventClickArg, EventContentArg, EventDropArg, EventInput } from "@fullcalendar/core";
import es from "@fullcalendar/core/locales/es";
import dayGrid from "@fullcalendar/daygrid";
import interaction from "@fullcalendar/interaction";
import list from "@fullcalendar/list";
import FullCalendar from "@fullcalendar/react";
import timeGrid from "@fullcalendar/timegrid";
import { useEffect, useRef } from "react";
import type { Exception } from "../scheduling/catalogue";
import { wallAt } from "../scheduling/wallTime";
import { useLanguage } from "../shell/i18n";
import type { View } from "./address";
import "./calendar.css";
import type { Appointment } from "./data";
import { statusOf } from "./rules";
import { useAgendaTexts } from "./texts";

type Props = {
  view: View;
  day: string;
  zone: string;
  /** A telephone shows lists: columns of a week would be too narrow to read. */
  narrow: boolean;
  events: EventInput[];
  hours: { from: string; to: string };
  /** Minutes of the grid on which a card may be dropped. */
  step: number;
  onOpen: (appointment: Appointment) => void;
  onException: (exception: Exception) => void;
  /** A card was dropped at a wall-clock time. It stays where it was until `events` says otherwise. */
  onDrop: (appointment: Appointment, wall: string) => void;
  /** An empty time was clicked. */
  onPick?: (wall: string) => void;
  onDay: (day: string) => void;
};

const WIDE = { day: "timeGridDay", week: "timeGridWeek", month: "dayGridMonth" } as const;
const NARROW = { day: "timeGridDay", week: "listWeek", month: "listMonth" } as const;

const appointmentOf = (event: EventApi) => event.extendedProps.appointment as Appointment | undefined;
const exceptionOf = (event: EventApi) => event.extendedProps.exception as Exception | undefined;

/** FullCalendar, fed with wall-clock times as if they were UTC: every office's clock reads true, whatever the browser's. */
export function CalendarView(props: Props) {
  const { view, day, zone, narrow, hours, step, onPick } = props;
  const t = useAgendaTexts();
  const locale = useLanguage() === "en" ? "en-gb" : "es";
  const calendar = useRef<FullCalendar>(null);
  const name = (narrow ? NARROW : WIDE)[view];

  useEffect(() => {
    // FullCalendar renders at once, which React does not allow inside an effect.
    queueMicrotask(() => {
      const api = calendar.current?.getApi();
      if (api && (api.view.type !== name || api.formatIso(api.getDate()).slice(0, 10) !== day)) api.changeView(name, day);
    });
  }, [name, day]);

  const opened = ({ event, jsEvent }: EventClickArg) => {
    jsEvent.preventDefault();
    const appointment = appointmentOf(event);
    const exception = exceptionOf(event);
    if (appointment) props.onOpen(appointment);
    else if (exception) props.onException(exception);
  };
  const dropped = ({ event, revert }: EventDropArg) => {
    const appointment = appointmentOf(event);
    const wall = event.start?.toISOString().slice(0, 19);
    revert();
    if (appointment && wall) props.onDrop(appointment, wall);
  };

  return (
    <div className="agenda-calendar">
      <FullCalendar
        ref={calendar}
        plugins={[dayGrid, timeGrid, list, interaction]}
        initialView={name}
        initialDate={day}
        timeZone="UTC"
        now={() => wallAt(Date.now(), zone)}
        nowIndicator
        locales={[es]}
        locale={locale}
        headerToolbar={false}
        height="100%"
        firstDay={1}
        slotMinTime={hours.from}
        slotMaxTime={hours.to}
        slotDuration={view === "day" ? "00:15:00" : "00:30:00"}
        slotLabelInterval="01:00"
        slotLabelFormat={{ hour: "2-digit", minute: "2-digit", hour12: false }}
        eventTimeFormat={{ hour: "2-digit", minute: "2-digit", hour12: false }}
        snapDuration={{ minutes: step }}
        slotEventOverlap={false}
        displayEventEnd={false}
        allDaySlot={props.events.some((event) => event.allDay)}
        allDayText=""
        eventMinHeight={22}
        eventMaxStack={view === "week" ? 3 : 8}
        dayHeaders={view !== "day"}
        dayMaxEvents
        navLinks={view !== "day"}
        navLinkDayClick={(date) => props.onDay(date.toISOString().slice(0, 10))}
        noEventsText={t("none")}
        moreLinkText={(count) => t("more", { count })}
        moreLinkHint={(count) => t("more_hint", { count })}
        navLinkHint={(text: string) => t("go_to_day", { day: text })}
        closeHint={t("close")}
        eventInteractive
        eventDurationEditable={false}
        eventAllow={(drop) => !drop.allDay}
        longPressDelay={400}
        dragRevertDuration={200}
        events={props.events}
        eventContent={(arg) => <Card arg={arg} />}
        viewDidMount={withKeyboard}
        dayCellDidMount={firstWithKeyboard}
        eventDidMount={asButton}
        moreLinkDidMount={asButton}
        eventClick={opened}
        eventDrop={dropped}
        {...(onPick && { dateClick: ({ dateStr, allDay }: DateClickArg) => !allDay && onPick(dateStr.slice(0, 19)) })}
      />
    </div>
  );
}

/** What scrolls is reached by the keyboard, also when there is no appointment in it. */
const withKeyboard = ({ el }: { el: HTMLElement }) => {
  const list = el.querySelector<HTMLElement>(".fc-scroller");
  if (list && !list.closest("[role=grid]")) list.tabIndex = 0;
};

/** In a grid only cells may take the focus: the first one does, for the area that scrolls around it. */
const firstWithKeyboard = ({ el, date, view }: DayCellMountArg) => {
  if (date.getTime() === view.activeStart.getTime()) el.tabIndex = 0;
};

/** FullCalendar makes links without an address; what opens something is a button. */
const asButton = ({ el }: { el: HTMLElement }) => {
  if (el.tagName === "A") el.setAttribute("role", "button");
};

/** What a card says: when, who, what for, and how it stands. What has no room is still read aloud, and shown as a tip. */
function Card({ arg: { event, timeText, view } }: { arg: EventContentArg }) {
  const t = useAgendaTexts();
  const appointment = appointmentOf(event);
  if (!appointment) return event.display === "auto" ? <span className="card-name">{event.title}</span> : null;
  const status = t(`status_${statusOf(appointment)}`);
  const { when_text: when, citizen, procedure, office } = appointment;
  const whole = [when, citizen.name, procedure.name, office.name, status].join(", ");
  return (
    <span className="card" title={whole}>
      <span className="visually-hidden">{whole}</span>
      <span className="card-shown" aria-hidden="true">
        {!view.type.startsWith("list") && <span className="card-time">{timeText}</span>}
        <span className="card-name">{citizen.name}</span>
        <span className="card-more">
          {procedure.name} · {status}
        </span>
      </span>
    </span>
  );
}

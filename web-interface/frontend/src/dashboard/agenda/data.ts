/** What the agenda shows, and what one does to it. */
import { queryOptions } from "@tanstack/react-query";
import type { components } from "@/shared/api/generated/scheduler";
import { read, scheduler } from "../api/clients";

type Schemas = components["schemas"];
export type Appointment = Schemas["AppointmentOut"];
export type OfficeDay = Schemas["OfficeDayOut"];
export type Slot = Schemas["SlotOut"];
export type Booking = Schemas["BookIn"];
export type Status = Schemas["Status"];

export type Filters = { officeId: string; procedureId: string };
export type Range = { from: string; to: string };

/** Everything below this key is asked anew when an appointment changes anywhere. */
export const AGENDA_KEY = ["agenda"] as const;

const PAGE = 500;
/** A range with more appointments than these is cut, and the page says so. */
export const MOST = 3000;

export type Appointments = { items: Appointment[]; cut: boolean };

/** The appointments of some days, cancelled ones included. */
export const appointmentsQuery = (range: Range, filters: Filters) =>
  queryOptions({
    queryKey: [...AGENDA_KEY, "appointments", range, filters],
    queryFn: async ({ signal }): Promise<Appointments> => {
      const items: Appointment[] = [];
      let cursor: string | null = null;
      do {
        const query = {
          from: range.from,
          to: range.to,
          limit: PAGE,
          ...(filters.officeId && { office_id: filters.officeId }),
          ...(filters.procedureId && { procedure_id: filters.procedureId }),
          ...(cursor && { cursor }),
        };
        const page: Schemas["Page_AppointmentOut_"] = await read(
          scheduler.GET("/v1/appointments", { params: { query }, signal }),
        );
        items.push(...page.items);
        cursor = page.next_cursor ?? null;
      } while (cursor && items.length < MOST);
      return { items, cut: cursor !== null };
    },
  });

/** When offices are open. It is not under AGENDA_KEY: a booking does not change it. */
export const daysQuery = (range: Range, officeId: string) =>
  queryOptions({
    queryKey: ["catalogue", "days", range, officeId],
    queryFn: async ({ signal }) => {
      const query = { from: range.from, to: range.to, ...(officeId && { office_id: officeId }) };
      return (await read(scheduler.GET("/v1/days", { params: { query }, signal }))).items;
    },
  });

export const appointmentQuery = (id: string) =>
  queryOptions({
    queryKey: [...AGENDA_KEY, "one", id],
    queryFn: ({ signal }) =>
      read(scheduler.GET("/v1/appointments/{appointment_id}", { params: { path: { appointment_id: id } }, signal })),
  });

export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: [...AGENDA_KEY, "history", id],
    queryFn: async ({ signal }) =>
      (
        await read(
          scheduler.GET("/v1/appointments/{appointment_id}/history", {
            params: { path: { appointment_id: id } },
            signal,
          }),
        )
      ).items,
  });

/** The free times of a day. */
export const slotsQuery = (procedureId: string, officeId: string, day: string) =>
  queryOptions({
    queryKey: [...AGENDA_KEY, "slots", procedureId, officeId, day],
    queryFn: ({ signal }) => {
      const query = { procedure_id: procedureId, from: day, to: day, limit: 500, ...(officeId && { office_id: officeId }) };
      return read(scheduler.GET("/v1/slots", { params: { query }, signal }));
    },
    enabled: procedureId !== "" && day !== "",
    staleTime: 0,
  });

/** The appointment with a code, or those of a RUT from some day on. */
export async function find(text: string, kind: "code" | "rut", from: string): Promise<Appointment[]> {
  if (kind === "code") {
    return [await read(scheduler.GET("/v1/appointments/by-code/{code}", { params: { path: { code: text } } }))];
  }
  return (await read(scheduler.GET("/v1/appointments", { params: { query: { rut: text, from, limit: 50 } } }))).items;
}

export const book = (body: Booking, key: string): Promise<Appointment> =>
  read(scheduler.POST("/v1/appointments", { params: { header: { "Idempotency-Key": key } }, body }));

const seen = (appointment: Appointment) => ({
  path: { appointment_id: appointment.id },
  header: { "If-Match": `"${appointment.version}"` },
});

export type Step = "confirm" | "cancel" | "attended" | "no-show";

/** Bring an appointment into its next state. Refused when somebody has changed it since it was shown. */
export function change(appointment: Appointment, step: Step, reason?: string): Promise<Appointment> {
  const call = { params: seen(appointment), body: reason ? { reason } : {} };
  switch (step) {
    case "confirm":
      return read(scheduler.POST("/v1/appointments/{appointment_id}/confirm", call));
    case "cancel":
      return read(scheduler.POST("/v1/appointments/{appointment_id}/cancel", call));
    case "attended":
      return read(scheduler.POST("/v1/appointments/{appointment_id}/attended", call));
    case "no-show":
      return read(scheduler.POST("/v1/appointments/{appointment_id}/no-show", call));
  }
}

export type Move = { start: string; officeId?: string; reason?: string };

export const move = (appointment: Appointment, { start, officeId, reason }: Move): Promise<Appointment> =>
  read(
    scheduler.POST("/v1/appointments/{appointment_id}/reschedule", {
      params: seen(appointment),
      body: { start, ...(officeId && { office_id: officeId }), ...(reason && { reason }) },
    }),
  );

export type Correction = Schemas["EditIn"];

export const correct = (appointment: Appointment, body: Correction): Promise<Appointment> =>
  read(scheduler.PATCH("/v1/appointments/{appointment_id}", { params: seen(appointment), body }));

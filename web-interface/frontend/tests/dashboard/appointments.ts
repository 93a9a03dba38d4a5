import type { Appointment } from "@/dashboard/agenda/data";

/** An hour of Tuesday 24 November 2026, 10:15 to 10:45. */
export function anAppointment(changes: Partial<Appointment>): Appointment {
  return {
    id: "a1",
    code: "H7KQ-3M2X",
    status: "booked",
    status_label: "reservada",
    start: "2026-11-24T10:15:00-03:00",
    end: "2026-11-24T10:45:00-03:00",
    timezone: "America/Santiago",
    when_text: "martes 24 de noviembre a las 10:15",
    procedure: { id: "p1", code: "licencia", name: "Licencia clase B", required_papers: ["Cédula"] },
    office: { id: "o1", code: "transito", name: "Tránsito", address: "Calle Uno 1" },
    citizen: { rut: "15482903-2", name: "Marcela Soto", phone: "+56987654321", email: null },
    channel: "web",
    conversation_id: null,
    notes: "",
    reason: null,
    sequence: 0,
    version: 3,
    created_at: "2026-11-20T10:00:00-03:00",
    updated_at: "2026-11-20T10:00:00-03:00",
    manage_url: null,
    ...changes,
  };
}

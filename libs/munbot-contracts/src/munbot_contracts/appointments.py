"""What happens to an appointment (hora)."""

from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic.config import JsonDict

from munbot_contracts.envelope import Contract
from munbot_contracts.privacy import Linkable, Open, Personal

APPOINTMENT_HELD = "munbot.appointment.held.v1"
APPOINTMENT_BOOKED = "munbot.appointment.booked.v1"
APPOINTMENT_CONFIRMED = "munbot.appointment.confirmed.v1"
APPOINTMENT_RESCHEDULED = "munbot.appointment.rescheduled.v1"
APPOINTMENT_CANCELLED = "munbot.appointment.cancelled.v1"
APPOINTMENT_ATTENDED = "munbot.appointment.attended.v1"
APPOINTMENT_NO_SHOW = "munbot.appointment.no_show.v1"
APPOINTMENT_CORRECTED = "munbot.appointment.corrected.v1"
APPOINTMENT_REMINDER_DUE = "munbot.appointment.reminder_due.v1"

_APPOINTMENT: JsonDict = {
    "appointment_id": "019358f1-0000-7000-8000-000000000001",
    "code": "H7KQ-3M2X",
    "status": "booked",
    "procedure": {
        "id": "019358f1-0000-7000-8000-0000000000a1",
        "code": "licencia-b",
        "name": "Licencia clase B",
    },
    "office": {
        "id": "019358f1-0000-7000-8000-0000000000a2",
        "code": "transito",
        "name": "Dirección de Tránsito",
        "address": "Av. Los Maitenes 120",
    },
    "start": "2026-11-24T10:15:00-03:00",
    "end": "2026-11-24T10:45:00-03:00",
    "timezone": "America/Santiago",
    "citizen": {"rut": "15482903-2", "name": "Marcela Soto", "phone": "+56987654321", "email": None},
    "channel": "web",
    "conversation_id": "019358ef-0000-7000-8000-000000000001",
    "sequence": 0,
}


class ProcedureRef(Contract):
    """A procedure (trámite) by id and name."""

    id: UUID
    code: Open
    name: Open


class OfficeRef(Contract):
    """An office by id, name and address."""

    id: UUID
    code: Open
    name: Open
    address: Open = ""


class CitizenRef(Contract):
    """Who comes. Personal data: never logged."""

    rut: Linkable
    name: Personal
    phone: Personal | None = None
    email: Personal | None = None


class AppointmentHeld(Contract):
    """A slot was set aside for some minutes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "hold_id": "019358f1-0000-7000-8000-000000000001",
                    "procedure_id": "019358f1-0000-7000-8000-0000000000a1",
                    "office_id": "019358f1-0000-7000-8000-0000000000a2",
                    "start": "2026-11-24T10:15:00-03:00",
                    "end": "2026-11-24T10:45:00-03:00",
                    "expires_at": "2026-11-23T09:25:00-03:00",
                }
            ]
        }
    )

    hold_id: UUID
    procedure_id: UUID
    office_id: UUID
    start: AwareDatetime
    end: AwareDatetime
    expires_at: AwareDatetime


class AppointmentFact(Contract):
    """The appointment as it stands after the fact."""

    model_config = ConfigDict(json_schema_extra={"examples": [_APPOINTMENT]})

    appointment_id: UUID
    code: Personal  # with it one finds the booking
    status: Open
    procedure: ProcedureRef
    office: OfficeRef
    start: AwareDatetime
    end: AwareDatetime
    timezone: Open
    citizen: CitizenRef
    channel: Open
    conversation_id: UUID | None = None
    manage_url: Personal | None = None
    sequence: int = Field(ge=0, description="iCalendar SEQUENCE, RFC 5545 3.8.7.4")
    reason: Personal | None = None
    changed_by: Open | None = Field(
        default=None, description="Role of who did it: visitor, citizen, service, agent, admin"
    )


class AppointmentRescheduled(AppointmentFact):
    """Moved: the new time in `start`, the old one in `previous_start`."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_APPOINTMENT, "sequence": 1, "previous_start": "2026-11-23T10:15:00-03:00"}]}
    )

    previous_start: AwareDatetime


class AppointmentReminderDue(AppointmentFact):
    """Time to remind the citizen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_APPOINTMENT, "hours_before": 24}]})

    hours_before: int


APPOINTMENT_EVENTS: dict[str, type[Contract]] = {
    APPOINTMENT_HELD: AppointmentHeld,
    APPOINTMENT_BOOKED: AppointmentFact,
    APPOINTMENT_CONFIRMED: AppointmentFact,
    APPOINTMENT_RESCHEDULED: AppointmentRescheduled,
    APPOINTMENT_CANCELLED: AppointmentFact,
    APPOINTMENT_ATTENDED: AppointmentFact,
    APPOINTMENT_NO_SHOW: AppointmentFact,
    APPOINTMENT_CORRECTED: AppointmentFact,
    APPOINTMENT_REMINDER_DUE: AppointmentReminderDue,
}

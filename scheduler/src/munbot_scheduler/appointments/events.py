"""What is told to the rest of the house about appointments."""

from datetime import datetime

from munbot_common.outbox import make_event, record_events
from munbot_contracts.appointments import (
    APPOINTMENT_ATTENDED,
    APPOINTMENT_BOOKED,
    APPOINTMENT_CANCELLED,
    APPOINTMENT_CONFIRMED,
    APPOINTMENT_CORRECTED,
    APPOINTMENT_HELD,
    APPOINTMENT_NO_SHOW,
    APPOINTMENT_REMINDER_DUE,
    APPOINTMENT_RESCHEDULED,
    AppointmentFact,
    AppointmentHeld,
    AppointmentReminderDue,
    AppointmentRescheduled,
    CitizenRef,
    OfficeRef,
    ProcedureRef,
)
from sqlalchemy.orm import Session

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import Status
from munbot_scheduler.base import OUTBOX, SERVICE
from munbot_scheduler.catalogue.models import Office, Procedure
from munbot_scheduler.schemas import local

EVENT_OF_STATUS = {
    Status.BOOKED: APPOINTMENT_BOOKED,
    Status.CONFIRMED: APPOINTMENT_CONFIRMED,
    Status.CANCELLED: APPOINTMENT_CANCELLED,
    Status.ATTENDED: APPOINTMENT_ATTENDED,
    Status.NO_SHOW: APPOINTMENT_NO_SHOW,
}


def manage_url(public_url: str, appointment: Appointment) -> str:
    """Return the citizen's secret link: short, for a message; nginx leads it to the page."""
    return f"{public_url.rstrip('/')}/hora/{appointment.code}?token={appointment.token}"


def fact(
    appointment: Appointment, procedure: Procedure, office: Office, public_url: str, *, changed_by: str | None
) -> AppointmentFact:
    """Return the appointment as events carry it."""
    zone = office.timezone
    return AppointmentFact(
        appointment_id=appointment.id,
        code=appointment.code,
        status=appointment.status,
        procedure=ProcedureRef(id=procedure.id, code=procedure.code, name=procedure.name),
        office=OfficeRef(id=office.id, code=office.code, name=office.name, address=office.address),
        start=local(appointment.starts_at, zone),
        end=local(appointment.ends_at, zone),
        timezone=zone,
        citizen=CitizenRef(
            rut=appointment.rut, name=appointment.name, phone=appointment.phone, email=appointment.email
        ),
        channel=appointment.channel,
        conversation_id=appointment.conversation_id,
        manage_url=manage_url(public_url, appointment),
        sequence=appointment.sequence,
        reason=appointment.reason,
        changed_by=changed_by,
    )


def record_state(
    session: Session,
    appointment: Appointment,
    procedure: Procedure,
    office: Office,
    *,
    public_url: str,
    now: datetime,
    changed_by: str,
    previous_start: datetime | None = None,
) -> None:
    """Write into the outbox that the appointment is now as it is; with `previous_start`, that it was moved.

    `changed_by` is the caller's role: who hears of it may have to tell the citizen what an official has done.
    """
    data = fact(appointment, procedure, office, public_url, changed_by=changed_by)
    event_type = EVENT_OF_STATUS[Status(appointment.status)]
    if previous_start is not None:
        event_type = APPOINTMENT_RESCHEDULED
        moved_from = local(previous_start, office.timezone)
        data = AppointmentRescheduled(**dict(data), previous_start=moved_from)
    event = make_event(
        source=SERVICE,
        event_type=event_type,
        subject=str(appointment.id),
        tenant=appointment.tenant_id,
        data=data,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])


def record_correction(
    session: Session, appointment: Appointment, *, public_url: str, now: datetime, changed_by: str
) -> None:
    """Write into the outbox that the person's details or the notes were corrected; when and where stay as they are."""
    data = fact(appointment, appointment.procedure, appointment.office, public_url, changed_by=changed_by)
    event = make_event(
        source=SERVICE,
        event_type=APPOINTMENT_CORRECTED,
        subject=str(appointment.id),
        tenant=appointment.tenant_id,
        data=data,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])


def record_hold(session: Session, tenant: str, data: AppointmentHeld, *, now: datetime) -> None:
    """Write into the outbox that a slot is set aside."""
    event = make_event(
        source=SERVICE,
        event_type=APPOINTMENT_HELD,
        subject=str(data.hold_id),
        tenant=tenant,
        data=data,
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])


def record_reminder(
    session: Session, appointment: Appointment, *, hours_before: int, public_url: str, now: datetime
) -> None:
    """Write into the outbox that it is time to remind the citizen; the appointment comes with procedure and office."""
    data = fact(appointment, appointment.procedure, appointment.office, public_url, changed_by=None)
    event = make_event(
        source=SERVICE,
        event_type=APPOINTMENT_REMINDER_DUE,
        subject=str(appointment.id),
        tenant=appointment.tenant_id,
        data=AppointmentReminderDue(**dict(data), hours_before=hours_before),
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])

"""What is written of every change of an appointment: its version, an audit entry and an event."""

from datetime import datetime
from typing import Any

from munbot_scheduler.appointments.events import record_state
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.audit.service import record
from munbot_scheduler.catalogue.models import Office, Procedure
from munbot_scheduler.context import Context


def snapshot(appointment: Appointment) -> dict[str, Any]:
    """Return what the audit trail keeps of an appointment: nothing personal."""
    return {
        "status": appointment.status,
        "start": appointment.starts_at.isoformat(),
        "office_id": str(appointment.office_id),
        "procedure_id": str(appointment.procedure_id),
        "sequence": appointment.sequence,
    }


def touch(context: Context, appointment: Appointment) -> None:
    """Give a changed appointment its next version, and write it."""
    appointment.version += 1
    appointment.updated_at = context.now
    context.session.flush()


def note(
    context: Context,
    appointment: Appointment,
    procedure: Procedure,
    office: Office,
    *,
    action: str,
    before: dict[str, Any] | None,
    previous_start: datetime | None = None,
) -> None:
    """Write the audit entry and the event of a change, in its transaction.

    Args:
        context: who and when.
        appointment: as it is now.
        procedure: its procedure.
        office: its office.
        action: `booked`, `rescheduled`, or the status it came to.
        before: its snapshot before; None when it is new.
        previous_start: where it was moved from.
    """
    record(
        context.session,
        context.actor,
        action=action,
        object_type="appointment",
        object_id=appointment.id,
        before=before,
        after=snapshot(appointment),
        now=context.now,
    )
    record_state(
        context.session,
        appointment,
        procedure,
        office,
        public_url=context.settings.public_url,
        now=context.now,
        changed_by=context.actor.role,
        previous_start=previous_start,
    )

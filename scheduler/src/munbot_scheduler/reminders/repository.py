"""Queries about reminders."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Integer, and_, bindparam, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, INTERVAL
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session, aliased, joinedload

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.reminders.models import Reminder

_HOUR = literal(timedelta(hours=1), INTERVAL)


def plan(session: Session, appointment: Appointment, hours: Sequence[int], now: datetime) -> None:
    """Make the reminders of an appointment that are still ahead; one that was sent for this start is not made again.

    Args:
        session: of the booking or the move, which they belong to.
        appointment: as it is now.
        hours: how long before its start, elapsed hours: a change of the clock in between makes no difference.
        now: what is due by then is too late.
    """
    rows = [
        {
            "id": uuid7(),
            "tenant_id": appointment.tenant_id,
            "appointment_id": appointment.id,
            "hours_before": before,
            "starts_at": appointment.starts_at,
            "due_at": appointment.starts_at - timedelta(hours=before),
        }
        for before in hours
        if appointment.starts_at - timedelta(hours=before) > now
    ]
    if rows:
        session.execute(pg_insert(Reminder).values(rows).on_conflict_do_nothing())


def forget(session: Session, appointment_id: UUID) -> None:
    """Take back the pending reminders of an appointment.

    Waits for a worker that is about to send one, so that what is written afterwards is told after the reminder.
    """
    session.execute(delete(Reminder).where(Reminder.appointment_id == appointment_id, Reminder.outcome.is_(None)))


def plan_tenant(session: Session, tenant: str, hours: Sequence[int], now: datetime) -> None:
    """Bring the pending reminders of a tenant's live appointments into line with its policy."""
    session.execute(
        delete(Reminder).where(
            Reminder.tenant_id == tenant, Reminder.outcome.is_(None), Reminder.hours_before.not_in(hours)
        )
    )
    wanted = select(func.unnest(bindparam("hours", list(hours), ARRAY(Integer))).label("h")).subquery()
    due = Appointment.starts_at - wanted.c.h * _HOUR
    made = (
        select(func.gen_random_uuid(), Appointment.tenant_id, Appointment.id, wanted.c.h, Appointment.starts_at, due)
        .select_from(Appointment)
        .join(wanted, literal(value=True))
        .where(Appointment.tenant_id == tenant, Appointment.live, due > now)
    )
    names = ["id", "tenant_id", "appointment_id", "hours_before", "starts_at", "due_at"]
    session.execute(pg_insert(Reminder).from_select(names, made).on_conflict_do_nothing())


def claim_due(session: Session, now: datetime, *, limit: int) -> list[tuple[Reminder, bool]]:
    """Lock pending reminders whose time has come, oldest first; what another worker has locked is passed over.

    Returns:
        Each with whether a nearer reminder of the same appointment is due as well.
    """
    nearer = aliased(Reminder)
    overtaken = exists().where(
        and_(
            nearer.appointment_id == Reminder.appointment_id,
            nearer.starts_at == Reminder.starts_at,
            nearer.hours_before < Reminder.hours_before,
            nearer.due_at <= now,
        )
    )
    rows = session.execute(
        select(Reminder, overtaken.label("overtaken"))
        .where(Reminder.outcome.is_(None), Reminder.due_at <= now)
        .order_by(Reminder.due_at)
        .limit(limit)
        .with_for_update(of=Reminder, skip_locked=True)
    )
    return [(row.Reminder, row.overtaken) for row in rows]


def appointments(session: Session, ids: Sequence[UUID]) -> dict[UUID, Appointment]:
    """Return appointments with procedure and office, by id."""
    found = session.scalars(
        select(Appointment)
        .where(Appointment.id.in_(ids))
        .options(joinedload(Appointment.procedure), joinedload(Appointment.office))
    )
    return {row.id: row for row in found}

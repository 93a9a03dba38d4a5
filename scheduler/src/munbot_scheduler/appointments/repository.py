"""Queries about appointments."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from munbot_common.problems import Unprocessable
from sqlalchemy import Select, Table, Text, Uuid, bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session, joinedload

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.availability.models import Seat
from munbot_scheduler.texts import say

# built once, on the bare table: asked by everybody who loses a race
_appointments = cast("Table", Appointment.__table__).c
_LIVE_BOOKING = select(_appointments.id).where(
    _appointments.tenant_id == bindparam("tenant", type_=Text),
    _appointments.rut == bindparam("rut", type_=Text),
    _appointments.procedure_id == bindparam("procedure_id", type_=Uuid),
    _appointments.live,
)
_WITH_NAMES = (joinedload(Appointment.procedure), joinedload(Appointment.office))


class CursorInvalid(Unprocessable):
    """Not a cursor that we gave out."""

    code = "cursor_invalid"
    title = say("fields.cursor")


@dataclass(frozen=True, slots=True)
class Filters:
    """What an agenda shows; None means all."""

    start: datetime | None = None
    end: datetime | None = None
    office_id: UUID | None = None
    procedure_id: UUID | None = None
    statuses: Sequence[str] = ()
    rut: str | None = None
    conversation_id: UUID | None = None
    live_at: datetime | None = None


def insert_appointment(session: Session, values: dict[str, Any]) -> bool:
    """Insert an appointment; False when its code, or a live booking of the person and procedure, exists."""
    statement = pg_insert(Appointment).values(**values).on_conflict_do_nothing().returning(Appointment.id)
    return session.scalar(statement) is not None


def live_booking(session: Session, tenant: str, rut: str, procedure_id: UUID) -> Appointment | None:
    """Return the person's live booking for a procedure."""
    found = session.scalar(_LIVE_BOOKING, {"tenant": tenant, "rut": rut, "procedure_id": procedure_id})
    return None if found is None else session.get(Appointment, found)


def retire(session: Session, appointment_id: UUID, now: datetime) -> None:
    """A booking that is over stands in nobody's way, even if no official has said how it ended."""
    session.execute(
        update(Appointment).where(Appointment.id == appointment_id, Appointment.ends_at <= now).values(live=False)
    )


def by_id(session: Session, tenant: str, appointment_id: UUID, *, lock: bool = False) -> Appointment | None:
    """Return an appointment of the tenant, with procedure and office; locked until the commit on request."""
    query = select(Appointment).where(Appointment.tenant_id == tenant, Appointment.id == appointment_id)
    return session.scalar(_for_use(query, lock=lock))


def by_code(session: Session, code: str, *, tenant: str | None = None, lock: bool = False) -> Appointment | None:
    """Return the appointment with a code, of one tenant or (for the secret link) of any."""
    query = select(Appointment).where(Appointment.code == code)
    if tenant is not None:
        query = query.where(Appointment.tenant_id == tenant)
    return session.scalar(_for_use(query, lock=lock))


def _for_use(query: Select[Appointment], *, lock: bool) -> Select[Appointment]:
    query = query.options(*_WITH_NAMES)
    if lock:
        return query.with_for_update(of=Appointment).execution_options(populate_existing=True)
    return query


def page(
    session: Session, tenant: str, filters: Filters, *, cursor: str | None, limit: int
) -> tuple[Sequence[Appointment], str | None]:
    """Return appointments by time, and the cursor of the next page: one statement, whatever the number of rows."""
    query = select(Appointment).where(Appointment.tenant_id == tenant).options(*_WITH_NAMES)
    if filters.start is not None:
        query = query.where(Appointment.ends_at > filters.start)
    if filters.end is not None:
        query = query.where(Appointment.starts_at < filters.end)
    if filters.statuses:
        query = query.where(Appointment.status.in_(filters.statuses))
    if filters.rut is not None:
        query = query.where(Appointment.rut == filters.rut)
    if filters.conversation_id is not None:
        query = query.where(Appointment.conversation_id == filters.conversation_id)
    if filters.live_at is not None:
        query = query.where(Appointment.live, Appointment.ends_at > filters.live_at)
    if filters.office_id is not None:
        query = query.where(Appointment.office_id == filters.office_id)
    if filters.procedure_id is not None:
        query = query.where(Appointment.procedure_id == filters.procedure_id)
    if cursor is not None:
        query = query.where(tuple_(Appointment.starts_at, Appointment.id) > _read_cursor(cursor))
    rows = session.scalars(query.order_by(Appointment.starts_at, Appointment.id).limit(limit + 1)).all()
    more = len(rows) > limit
    return rows[:limit], _write_cursor(rows[limit - 1]) if more else None


def _write_cursor(last: Appointment) -> str:
    return base64.urlsafe_b64encode(f"{last.starts_at.isoformat()}|{last.id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        moment, _, identifier = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        start = datetime.fromisoformat(moment)
        if start.tzinfo is None:
            raise CursorInvalid
        return start, UUID(identifier)
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid from error


def free_seat(session: Session, appointment_id: UUID, *, except_seat: UUID | None = None) -> None:
    """Give back the seat of an appointment."""
    statement = delete(Seat).where(Seat.appointment_id == appointment_id)
    session.execute(statement if except_seat is None else statement.where(Seat.id != except_seat))


def release_holds(session: Session, tenant: str, holder: str, procedure_id: UUID) -> None:
    """Give back what a holder holds for a procedure."""
    session.execute(
        delete(Seat).where(
            Seat.tenant_id == tenant,
            Seat.holder == holder,
            Seat.procedure_id == procedure_id,
            Seat.appointment_id.is_(None),
        )
    )

"""Counting appointments: two statements, whatever the range."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, cast, func, select
from sqlalchemy.orm import Session

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import LIVE


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose appointments, and between which moments."""

    tenant: str
    timezone: str
    start: datetime
    end: datetime
    office_id: UUID | None = None
    procedure_id: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return what every count asks for, but the time."""
        found: list[ColumnElement[bool]] = [Appointment.tenant_id == self.tenant]
        if self.office_id is not None:
            found.append(Appointment.office_id == self.office_id)
        if self.procedure_id is not None:
            found.append(Appointment.procedure_id == self.procedure_id)
        return found


@dataclass(frozen=True, slots=True)
class Count:
    """Appointments that are alike; `unnoted` of them are over without a word on how."""

    day: date
    procedure_id: UUID
    office_id: UUID
    channel: str
    status: str
    number: int
    unnoted: int


def counts(session: Session, scope: Scope, now: datetime) -> list[Count]:
    """Count the appointments that take place in the range."""
    day = cast(func.timezone(scope.timezone, Appointment.starts_at), Date)
    columns = (day, Appointment.procedure_id, Appointment.office_id, Appointment.channel, Appointment.status)
    unnoted = func.count().filter(Appointment.status.in_([status.value for status in LIVE]), Appointment.ends_at <= now)
    rows = session.execute(
        select(*columns, func.count(), unnoted)
        .where(*scope.conditions(), Appointment.starts_at >= scope.start, Appointment.starts_at < scope.end)
        .group_by(*columns)
    )
    return [Count(*row) for row in rows]


def made(session: Session, scope: Scope) -> dict[date, int]:
    """Count the bookings that were made in the range, by local day."""
    day = cast(func.timezone(scope.timezone, Appointment.created_at), Date)
    rows = session.execute(
        select(day, func.count())
        .where(*scope.conditions(), Appointment.created_at >= scope.start, Appointment.created_at < scope.end)
        .group_by(day)
    )
    return {row[0]: row[1] for row in rows}

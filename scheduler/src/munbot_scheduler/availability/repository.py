"""Queries about opening rules, exceptions and taken seats."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Table, Uuid, any_, bindparam, delete, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_scheduler.availability.models import OpeningException, OpeningRule, Seat


@dataclass(frozen=True, slots=True)
class TakenSeat:
    """A taken seat as the rules need it."""

    id: UUID
    office_id: UUID
    procedure_id: UUID
    seat_no: int
    start: datetime
    end: datetime
    appointment_id: UUID | None
    holder: str | None
    expires_at: datetime | None

    def expired(self, now: datetime) -> bool:
        """Whether it is a hold whose time is over."""
        return self.expires_at is not None and self.expires_at <= now


# built once, on the bare table: this is the statement of every search and every booking
_seats = cast("Table", Seat.__table__).c
_TAKEN_SEATS = (
    select(
        _seats.id,
        _seats.office_id,
        _seats.procedure_id,
        _seats.seat_no,
        _seats.starts_at,
        _seats.ends_at,
        _seats.appointment_id,
        _seats.holder,
        _seats.expires_at,
    )
    .where(
        _seats.office_id == any_(bindparam("office_ids", type_=ARRAY(Uuid))),
        _seats.starts_at < bindparam("end", type_=TIMESTAMP(timezone=True)),
        _seats.ends_at > bindparam("start", type_=TIMESTAMP(timezone=True)),
    )
    .order_by(_seats.starts_at, _seats.seat_no)
)


def opening_rules(session: Session, office_ids: Collection[UUID]) -> Sequence[OpeningRule]:
    """Return the offices' weekly rules, Monday first."""
    return session.scalars(
        select(OpeningRule)
        .where(OpeningRule.office_id.in_(office_ids))
        .order_by(OpeningRule.office_id, OpeningRule.weekday, OpeningRule.opens)
    ).all()


def opening_exceptions(
    session: Session,
    tenant: str,
    *,
    first: date,
    last: date | None = None,
    office_ids: Collection[UUID] | None = None,
) -> Sequence[OpeningException]:
    """Return the exceptions that touch the days, those of the whole tenant included; None for all offices."""
    query = (
        select(OpeningException)
        .where(OpeningException.tenant_id == tenant, OpeningException.last_day >= first)
        .order_by(OpeningException.first_day, OpeningException.id)
    )
    if last is not None:
        query = query.where(OpeningException.first_day <= last)
    if office_ids is not None:
        query = query.where(or_(OpeningException.office_id.is_(None), OpeningException.office_id.in_(office_ids)))
    return session.scalars(query).all()


def taken_seats(session: Session, office_ids: Collection[UUID], start: datetime, end: datetime) -> list[TakenSeat]:
    """Return all seats taken at some moment of the range, holds that have expired included."""
    rows = session.execute(_TAKEN_SEATS, {"office_ids": list(office_ids), "start": start, "end": end})
    return [TakenSeat(*row) for row in rows]


def insert_seat(
    session: Session,
    *,
    tenant: str,
    office_id: UUID,
    procedure_id: UUID,
    seat_no: int,
    start: datetime,
    end: datetime,
    appointment_id: UUID | None = None,
    holder: str | None = None,
    expires_at: datetime | None = None,
) -> UUID | None:
    """Take one seat, or return None when the exclusion constraint says that somebody else has it.

    A transaction that holds the seat without having committed is waited for.
    """
    return session.scalar(
        pg_insert(Seat)
        .values(
            id=uuid7(),
            tenant_id=tenant,
            office_id=office_id,
            procedure_id=procedure_id,
            seat_no=seat_no,
            starts_at=start,
            ends_at=end,
            appointment_id=appointment_id,
            holder=holder,
            expires_at=expires_at,
        )
        .on_conflict_do_nothing(constraint="seats_no_double_booking")
        .returning(Seat.id)
    )


def delete_seats(session: Session, seat_ids: Collection[UUID]) -> None:
    """Free seats."""
    if seat_ids:
        session.execute(delete(Seat).where(Seat.id.in_(seat_ids)))


def delete_expired(session: Session, seat_ids: Collection[UUID], now: datetime) -> None:
    """Free those of the seats that are still holds whose time is over: one may have become an appointment's."""
    session.execute(delete(Seat).where(Seat.id.in_(seat_ids), Seat.appointment_id.is_(None), Seat.expires_at <= now))


def hold(session: Session, tenant: str, hold_id: UUID) -> Seat | None:
    """Return a hold of the tenant, locked for this transaction."""
    return session.scalar(
        select(Seat)
        .where(Seat.tenant_id == tenant, Seat.id == hold_id, Seat.appointment_id.is_(None))
        .with_for_update()
    )


def holds_of(session: Session, tenant: str, holder: str, procedure_id: UUID) -> Sequence[Seat]:
    """Return what a holder holds for a procedure, locked for this transaction."""
    return session.scalars(
        select(Seat)
        .where(
            Seat.tenant_id == tenant,
            Seat.holder == holder,
            Seat.procedure_id == procedure_id,
            Seat.appointment_id.is_(None),
        )
        .order_by(Seat.id)
        .with_for_update()
    ).all()


def seat_of_appointment(session: Session, appointment_id: UUID) -> Seat | None:
    """Return the seat that an appointment has."""
    return session.scalar(select(Seat).where(Seat.appointment_id == appointment_id))


def sweep_expired(session: Session, now: datetime, limit: int = 1000) -> int:
    """Delete expired holds that nobody is working with; returns how many."""
    expired = (
        select(Seat.id)
        .where(Seat.appointment_id.is_(None), Seat.expires_at <= now)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return len(session.execute(delete(Seat).where(Seat.id.in_(expired)).returning(Seat.id)).all())

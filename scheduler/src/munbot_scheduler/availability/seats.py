"""Taking a seat: the one place where a time becomes somebody's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zlib import crc32

from sqlalchemy.orm import Session

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.repository import TakenSeat
from munbot_scheduler.availability.rules import candidate_seats

MAX_ROUNDS = 30
"""Each round that fails means that somebody else got a seat, so few are ever needed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The time wanted at an office; `spread` keeps racers from all trying the same seat first."""

    tenant: str
    office_id: UUID
    procedure_id: UUID
    start: datetime
    end: datetime
    capacity: int
    spread: str = ""


def take_seat(
    session: Session,
    wanted: Wanted,
    now: datetime,
    *,
    mine: Callable[[TakenSeat], bool] = lambda _seat: False,
    appointment_id: UUID | None = None,
    holder: str | None = None,
    expires_at: datetime | None = None,
) -> UUID | None:
    """Take a free seat and return its id, or None when the capacity is used up.

    Expired holds in the way are removed. Seats that are `mine` (an own hold, the seat of the appointment being moved)
    are given up when they overlap. The exclusion constraint decides every race; who loses looks again.
    """
    for _ in range(MAX_ROUNDS):
        seats = repository.taken_seats(session, [wanted.office_id], wanted.start, wanted.end)
        expired = {seat.id for seat in seats if seat.expired(now)}
        own = {seat.id for seat in seats if mine(seat)}
        taken = {seat.seat_no for seat in seats if seat.id not in expired | own}
        candidates = candidate_seats(wanted.capacity, taken)
        if not candidates:
            return None
        if expired:
            repository.delete_expired(session, expired, now)
        repository.delete_seats(session, own)
        seat_id = repository.insert_seat(
            session,
            tenant=wanted.tenant,
            office_id=wanted.office_id,
            procedure_id=wanted.procedure_id,
            seat_no=candidates[crc32(wanted.spread.encode()) % len(candidates)],
            start=wanted.start,
            end=wanted.end,
            appointment_id=appointment_id,
            holder=holder,
            expires_at=expires_at,
        )
        if seat_id is not None:
            return seat_id
    return None

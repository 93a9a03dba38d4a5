"""Holds: a slot set aside for some minutes while a citizen fills in the rest."""

from uuid import UUID

from munbot_common.problems import NotFound
from munbot_contracts.appointments import AppointmentHeld

from munbot_scheduler.appointments.events import record_hold
from munbot_scheduler.appointments.schemas import HoldIn, HoldOut
from munbot_scheduler.appointments.slots import own_hold, single_office, slot_taken
from munbot_scheduler.availability import repository
from munbot_scheduler.availability.seats import Wanted, take_seat
from munbot_scheduler.context import Context
from munbot_scheduler.schemas import local


def hold_slot(context: Context, wish: HoldIn) -> HoldOut:
    """Set a slot aside. A holder has one hold per procedure: a new one replaces it, the same one is renewed.

    Raises:
        SlotTaken: somebody else has it.
        Past, TooSoon, BeyondHorizon, Holiday, Closed, OffGrid, ProcedureUnknown, OfficeUnknown, ProcedureNotOffered.
    """
    target = single_office(context, wish.procedure_id, wish.office_id)
    window = context.availability.check_start(target, wish.start)
    office = target.calendars[0].office
    end = wish.start + target.duration
    expires_at = context.now + target.policy.hold
    seat_id = take_seat(
        context.session,
        Wanted(
            tenant=context.tenant,
            office_id=office.id,
            procedure_id=target.procedure.id,
            start=wish.start,
            end=end,
            capacity=window.capacity,
            spread=wish.holder or "",
        ),
        context.now,
        mine=own_hold(None, wish.holder),
        holder=wish.holder,
        expires_at=expires_at,
    )
    if seat_id is None:
        raise slot_taken(context, target, wish.start, holder=wish.holder)
    if wish.holder is not None:
        others = repository.holds_of(context.session, context.tenant, wish.holder, target.procedure.id)
        repository.delete_seats(context.session, {seat.id for seat in others} - {seat_id})
    held = HoldOut(
        id=seat_id,
        procedure_id=target.procedure.id,
        office_id=office.id,
        start=local(wish.start, office.timezone),
        end=local(end, office.timezone),
        expires_at=local(expires_at, office.timezone),
    )
    record_hold(
        context.session,
        context.tenant,
        AppointmentHeld(hold_id=held.id, **held.model_dump(exclude={"id"})),
        now=context.now,
    )
    return held


def release_hold(context: Context, hold_id: UUID, *, holder: str | None = None) -> None:
    """Give a hold back.

    Args:
        context: who and when.
        hold_id: the hold.
        holder: only this holder's, for visitors.

    Raises:
        NotFound: no such hold; it may have expired, or become an appointment.
    """
    seat = repository.hold(context.session, context.tenant, hold_id)
    if seat is None or (holder is not None and seat.holder != holder):
        raise NotFound
    repository.delete_seats(context.session, {seat.id})

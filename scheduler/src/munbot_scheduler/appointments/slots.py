"""The slot that somebody wishes: at one office, perhaps held by the caller, or taken by another."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from munbot_scheduler.availability.repository import TakenSeat
from munbot_scheduler.availability.service import Target, slot_json
from munbot_scheduler.context import Context
from munbot_scheduler.problems import OfficeUnknown, SlotTaken
from munbot_scheduler.texts import joined, moment_text, say


def single_office(context: Context, procedure: str, office: str | None) -> Target:
    """Return the target of a booking: one procedure at one office.

    Raises:
        OfficeUnknown: no office was named, and there is a choice.
        ProcedureUnknown, ProcedureNotOffered: as `Availability.target`.
    """
    target = context.availability.target(procedure, office)
    if len(target.calendars) != 1:
        raise OfficeUnknown
    return target


def slot_taken(context: Context, target: Target, start: datetime, *, holder: str | None = None) -> SlotTaken:
    """Return the problem of a lost race, with the three nearest free slots."""
    slots = context.availability.nearest(target, start, holder=holder)
    moment = moment_text(start.astimezone(target.calendars[0].zone))
    if not slots:
        return SlotTaken(say("problems.slot_taken", moment=moment), extra={"alternatives": []})
    times = joined([moment_text(slot.local_start()) for slot in slots])
    return SlotTaken(
        say("problems.slot_taken_alternatives", moment=moment, alternatives=times),
        extra={"alternatives": [slot_json(slot, target.procedure) for slot in slots]},
    )


def own_hold(hold_id: UUID | None, holder: str | None) -> Callable[[TakenSeat], bool]:
    """Return whether a seat is a hold of the caller: by its id, or by who holds it."""

    def mine(seat: TakenSeat) -> bool:
        return seat.appointment_id is None and (seat.id == hold_id or (holder is not None and seat.holder == holder))

    return mine

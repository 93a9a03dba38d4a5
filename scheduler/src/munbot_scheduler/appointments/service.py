"""Booking and changing appointments. Every change writes its audit entry and its event in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from munbot_common.problems import Conflict
from sqlalchemy.orm import Session

from munbot_scheduler.appointments import repository
from munbot_scheduler.appointments.events import record_state
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import LIVE, Status, may_become, new_code, new_token
from munbot_scheduler.appointments.schemas import BookIn, EditIn, RescheduleIn
from munbot_scheduler.audit.service import Actor, record
from munbot_scheduler.availability.agenda import AgendaCache
from munbot_scheduler.availability.repository import TakenSeat
from munbot_scheduler.availability.seats import Wanted, take_seat
from munbot_scheduler.availability.service import Availability, Target, slot_json
from munbot_scheduler.catalogue.models import Office, Procedure
from munbot_scheduler.problems import (
    AppointmentExists,
    AppointmentOver,
    OfficeUnknown,
    SlotTaken,
    TooEarly,
    TransitionIllegal,
)
from munbot_scheduler.schemas import local
from munbot_scheduler.settings import BookingDefaults
from munbot_scheduler.texts import joined, moment_text, say

ARRIVES_EARLY = timedelta(hours=1)
"""People come before their time; their attendance may be noted then."""
INSERT_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Context:
    """What every change needs to know.

    `sees_all`: whether the caller may read other people's bookings, in the words of a refusal too.
    """

    session: Session
    actor: Actor
    settings: BookingDefaults
    now: datetime
    sees_all: bool = True
    cache: AgendaCache = field(default_factory=AgendaCache)

    @property
    def tenant(self) -> str:
        """Whose agenda."""
        return self.actor.tenant

    @property
    def availability(self) -> Availability:
        """Answers about free time."""
        return Availability(self.session, self.tenant, self.settings, self.now, self.cache)


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


def book(context: Context, wish: BookIn) -> tuple[Appointment, Procedure, Office]:
    """Book an appointment.

    Raises:
        SlotTaken: somebody else has it.
        AppointmentExists: the person has a live booking for the procedure.
        Past, TooSoon, BeyondHorizon, Holiday, Closed, OffGrid, ProcedureUnknown, OfficeUnknown, ProcedureNotOffered.
    """
    target = single_office(context, wish.procedure_id, wish.office_id)
    window = context.availability.check_start(target, wish.start)
    procedure, office = target.procedure, target.calendars[0].office
    holder = str(wish.conversation_id) if wish.conversation_id else None
    appointment = Appointment(
        id=uuid7(),
        tenant_id=context.tenant,
        procedure_id=procedure.id,
        office_id=office.id,
        starts_at=wish.start,
        ends_at=wish.start + target.duration,
        status=Status.BOOKED.value,
        live=True,
        rut=wish.citizen.rut,
        name=wish.citizen.name,
        phone=wish.citizen.phone,
        email=wish.citizen.email,
        channel=wish.channel,
        conversation_id=wish.conversation_id,
        notes=wish.notes,
        reason=None,
        sequence=0,
        version=1,
        created_at=context.now,
        updated_at=context.now,
    )
    seat = take_seat(
        context.session,
        _wanted(context, target, wish.start, window.capacity, spread=wish.citizen.rut),
        context.now,
        mine=own_hold(wish.hold_id, holder),
        appointment_id=appointment.id,
    )
    if seat is None:
        _refuse_second(context, appointment, procedure, office)
        raise slot_taken(context, target, wish.start, holder=holder)
    _insert(context, appointment, procedure, office)
    if holder is not None:
        repository.release_holds(context.session, context.tenant, holder, procedure.id)
    _note(context, appointment, procedure, office, action="booked", before=None)
    return appointment, procedure, office


def _wanted(context: Context, target: Target, start: datetime, capacity: int, *, spread: str) -> Wanted:
    return Wanted(
        tenant=context.tenant,
        office_id=target.calendars[0].office.id,
        procedure_id=target.procedure.id,
        start=start,
        end=start + target.duration,
        capacity=capacity,
        spread=spread,
    )


def _insert(context: Context, appointment: Appointment, procedure: Procedure, office: Office) -> None:
    for _ in range(INSERT_ATTEMPTS):
        appointment.code, appointment.token = new_code(), new_token()
        values = {column.key: getattr(appointment, column.key) for column in Appointment.__table__.columns}
        if repository.insert_appointment(context.session, values):
            return
        _refuse_second(context, appointment, procedure, office)
    msg = "no free code"
    raise Conflict(msg)


def _refuse_second(context: Context, wish: Appointment, procedure: Procedure, office: Office) -> None:
    """Raise AppointmentExists when the person has a live booking; one that is over is put aside."""
    existing = repository.live_booking(context.session, context.tenant, wish.rut, procedure.id)
    if existing is None:
        return
    if existing.ends_at <= context.now:
        repository.retire(context.session, existing.id, context.now)
        return
    if not context.sees_all and (existing.conversation_id is None or existing.conversation_id != wish.conversation_id):
        raise AppointmentExists(say("problems.appointment_exists_masked", procedure=procedure.name))
    start = local(existing.starts_at, office.timezone)
    raise AppointmentExists(
        say("problems.appointment_exists", procedure=procedure.name, moment=moment_text(start), code=existing.code),
        extra={
            "appointment": {
                "id": str(existing.id),
                "code": existing.code,
                "start": start.isoformat(),
                "status": existing.status,
            }
        },
    )


def transition(context: Context, appointment: Appointment, target: Status, reason: str | None) -> Appointment:
    """Bring a locked appointment into another state; it already being in it changes nothing.

    Raises:
        TransitionIllegal: there is no such step.
        AppointmentOver: confirming or cancelling what is over.
        TooEarly: attendance before the time.
    """
    current = Status(appointment.status)
    if current is target:
        return appointment
    if not may_become(current, target):
        raise TransitionIllegal(
            say(
                "problems.transition_illegal",
                status=say(f"status.{current}"),
                target=say(f"status.{target}"),
            )
        )
    if target in {Status.CONFIRMED, Status.CANCELLED} and appointment.ends_at <= context.now:
        raise AppointmentOver(say("problems.appointment_over"))
    opens = appointment.starts_at - (ARRIVES_EARLY if target is Status.ATTENDED else timedelta())
    if target in {Status.ATTENDED, Status.NO_SHOW} and context.now < opens:
        raise TooEarly(say("problems.too_early"))
    before = snapshot(appointment)
    appointment.status = target.value
    appointment.live = target in LIVE
    appointment.reason = reason
    if target is Status.CANCELLED:
        appointment.sequence += 1
        repository.free_seat(context.session, appointment.id)
    _changed(context, appointment)
    _note(context, appointment, appointment.procedure, appointment.office, action=target.value, before=before)
    return appointment


def reschedule(context: Context, appointment: Appointment, wish: RescheduleIn) -> tuple[Appointment, Procedure, Office]:
    """Move a locked appointment: the new seat is taken and the old one given back in one transaction.

    Raises:
        TransitionIllegal: it is cancelled or over.
        SlotTaken and what `book` raises about times.
    """
    if Status(appointment.status) not in LIVE:
        status = say(f"status.{appointment.status}")
        raise TransitionIllegal(
            say("problems.transition_illegal", status=status, target=say(f"status.{Status.BOOKED}"))
        )
    if appointment.ends_at <= context.now:
        raise AppointmentOver(say("problems.appointment_over"))
    target = single_office(context, str(appointment.procedure_id), wish.office_id or str(appointment.office_id))
    office = target.calendars[0].office
    if wish.start == appointment.starts_at and office.id == appointment.office_id:
        return appointment, appointment.procedure, appointment.office
    window = context.availability.check_start(target, wish.start)
    holder = str(appointment.conversation_id) if appointment.conversation_id else None
    hold = own_hold(wish.hold_id, holder)
    seat = take_seat(
        context.session,
        _wanted(context, target, wish.start, window.capacity, spread=appointment.rut),
        context.now,
        mine=lambda taken: taken.appointment_id == appointment.id or hold(taken),
        appointment_id=appointment.id,
    )
    if seat is None:
        raise slot_taken(context, target, wish.start, holder=holder)
    repository.free_seat(context.session, appointment.id, except_seat=seat)
    if holder is not None:
        repository.release_holds(context.session, context.tenant, holder, target.procedure.id)
    before, previous_start = snapshot(appointment), appointment.starts_at
    appointment.office_id = office.id
    appointment.starts_at, appointment.ends_at = wish.start, wish.start + target.duration
    appointment.status = Status.BOOKED.value
    appointment.live = True
    appointment.sequence += 1
    _changed(context, appointment)
    _note(
        context,
        appointment,
        target.procedure,
        office,
        action="rescheduled",
        before=before,
        previous_start=previous_start,
    )
    return appointment, target.procedure, office


def edit(context: Context, appointment: Appointment, wish: EditIn) -> Appointment:
    """Correct the person's name or contact, or the notes, of a locked appointment."""
    given = wish.model_dump(exclude_unset=True)
    if given.get("name", "") is None:
        del given["name"]
    if given.get("notes", "") is None:
        given["notes"] = ""
    changed = sorted(name for name, value in given.items() if getattr(appointment, name) != value)
    if not changed:
        return appointment
    for name in changed:
        setattr(appointment, name, given[name])
    _changed(context, appointment)
    record(
        context.session,
        context.actor,
        action="edited",
        object_type="appointment",
        object_id=appointment.id,
        before=None,
        after={"fields": changed},  # which, not what: the trail keeps no personal data
        now=context.now,
    )
    return appointment


def snapshot(appointment: Appointment) -> dict[str, Any]:
    """Return what the audit trail keeps of an appointment: nothing personal."""
    return {
        "status": appointment.status,
        "start": appointment.starts_at.isoformat(),
        "office_id": str(appointment.office_id),
        "procedure_id": str(appointment.procedure_id),
        "sequence": appointment.sequence,
    }


def _changed(context: Context, appointment: Appointment) -> None:
    appointment.version += 1
    appointment.updated_at = context.now
    context.session.flush()


def _note(
    context: Context,
    appointment: Appointment,
    procedure: Procedure,
    office: Office,
    *,
    action: str,
    before: dict[str, Any] | None,
    previous_start: datetime | None = None,
) -> None:
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
        previous_start=previous_start,
    )

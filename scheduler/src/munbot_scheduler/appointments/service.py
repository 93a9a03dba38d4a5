"""Booking and changing appointments. Every change writes its audit entry and its event in the same transaction."""

from datetime import datetime, timedelta

from munbot_common.ids import uuid7
from munbot_common.problems import Conflict

from munbot_scheduler.appointments import repository
from munbot_scheduler.appointments.events import record_correction
from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import LIVE, Status, may_become, new_code, new_token
from munbot_scheduler.appointments.schemas import BookIn, EditIn, RescheduleIn
from munbot_scheduler.appointments.slots import own_hold, single_office, slot_taken
from munbot_scheduler.appointments.trail import note, snapshot, touch
from munbot_scheduler.audit.service import record
from munbot_scheduler.availability.seats import Wanted, take_seat
from munbot_scheduler.availability.service import Target
from munbot_scheduler.catalogue.models import Office, Procedure
from munbot_scheduler.context import Context
from munbot_scheduler.problems import AppointmentExists, AppointmentOver, TooEarly, TransitionIllegal
from munbot_scheduler.reminders import repository as reminders
from munbot_scheduler.schemas import local
from munbot_scheduler.texts import moment_text, say

ARRIVES_EARLY = timedelta(hours=1)
"""People come before their time; their attendance may be noted then."""
INSERT_ATTEMPTS = 5


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
    reminders.plan(context.session, appointment, target.policy.reminder_hours, context.now)
    note(context, appointment, procedure, office, action="booked", before=None)
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
    touch(context, appointment)
    if not appointment.live:
        reminders.forget(context.session, appointment.id)
    note(context, appointment, appointment.procedure, appointment.office, action=target.value, before=before)
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
    appointment.reason = wish.reason
    appointment.sequence += 1
    touch(context, appointment)
    reminders.forget(context.session, appointment.id)
    reminders.plan(context.session, appointment, target.policy.reminder_hours, context.now)
    note(
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
    touch(context, appointment)
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
    record_correction(
        context.session,
        appointment,
        public_url=context.settings.public_url,
        now=context.now,
        changed_by=context.actor.role,
    )
    return appointment

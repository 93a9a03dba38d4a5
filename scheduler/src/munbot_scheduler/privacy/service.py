"""A person's appointments: found, given, put right, and without the person from then on."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.personal_data import Mentions, Owned, exported, found, held, matches
from munbot_contracts.people import (
    Erased,
    Exported,
    Found,
    Holding,
    Kept,
    Marks,
    Matches,
    Person,
    Rectification,
    Rectified,
)
from sqlalchemy import ColumnElement, Table, Text, delete, false, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from munbot_scheduler.appointments.models import Appointment
from munbot_scheduler.appointments.rules import new_token
from munbot_scheduler.audit.service import Actor, record
from munbot_scheduler.availability.models import Seat
from munbot_scheduler.base import IDEMPOTENCY_KEYS, Base
from munbot_scheduler.reminders.models import Reminder
from munbot_scheduler.texts import say

SERVICE = "scheduler"
NOBODY = ""
"""Stands where an appointment's person stood."""


class PersonalData:
    """What the scheduler does about one person.

    Args:
        factory: of sessions.
        clock: the time of day.
    """

    def __init__(self, factory: SessionFactory, clock: Clock) -> None:
        self._factory = factory
        self._clock = clock

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person, and what is known of them."""
        with unit_of_work(self._factory) as session:
            known = _known(session, principal.tenant, person)
            return found(
                session,
                SERVICE,
                person=person,
                known=known,
                owned=_owned(principal.tenant, person),
                mentions=_mentions(session, principal.tenant, person.with_all_of(known)),
            )

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give the person's appointments."""
        with unit_of_work(self._factory) as session:
            return exported(session, SERVICE, _owned(principal.tenant, person))

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:
        """Put name, telephone or e-mail of all the person's appointments right."""
        values = wish.values()
        mine = _mine(principal.tenant, wish.person)
        if not values:
            return Rectified(service=SERVICE)
        with unit_of_work(self._factory) as session:
            different = or_(*(getattr(Appointment, name).is_distinct_from(value) for name, value in values.items()))
            ids = session.scalars(
                update(Appointment)
                .where(mine, different)
                .values(**values, version=Appointment.version + 1, updated_at=self._clock())
                .returning(Appointment.id)
            ).all()
            for appointment_id in ids:
                self._note(session, principal, "rectified", appointment_id, {"changed": sorted(values)})
            changed = (Holding(store=f"{SERVICE}.appointments", count=len(ids)),) if ids else ()
            return Rectified(service=SERVICE, changed=changed)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Take the person out of their appointments; those still to come are given back to the agenda."""
        tenant = principal.tenant
        with unit_of_work(self._factory) as session:
            known = person.with_all_of(_known(session, tenant, person))
            gone = held(session, SERVICE, _owned(tenant, person))
            ids = list(session.scalars(select(Appointment.id).where(_mine(tenant, person)).with_for_update()))
            for appointment_id in ids:
                self._forget(session, principal, appointment_id)
            answers = delete(IDEMPOTENCY_KEYS).where(_answers(tenant, ids)).returning(IDEMPOTENCY_KEYS.c.key)
            count = len(session.execute(answers).all())
            gone += [Holding(store=f"{SERVICE}.idempotency_keys", count=count)] if count else []
            cleaned = _mentions(session, tenant, known).remove(SERVICE)
        kept = (Kept(store=f"{SERVICE}.appointments", count=len(ids), reason=say("privacy.kept")),) if ids else ()
        return Erased(service=SERVICE, erased=tuple(gone), cleaned=tuple(cleaned), kept=kept)

    def match(self, principal: Principal, marks: Marks) -> Matches:
        """Tell which erased people have appointments again."""
        with unit_of_work(self._factory) as session:
            return matches(session, principal.tenant, _TABLE.c.rut, marks)

    def _forget(self, session: Session, principal: Principal, appointment_id: UUID) -> None:
        now = self._clock()
        appointment = session.get_one(Appointment, appointment_id)
        was_live = appointment.live and appointment.ends_at > now
        session.execute(delete(Seat).where(Seat.appointment_id == appointment_id))
        session.execute(delete(Reminder).where(Reminder.appointment_id == appointment_id))
        appointment.rut = appointment.name = NOBODY
        appointment.phone = appointment.email = appointment.reason = appointment.conversation_id = None
        appointment.notes = ""
        appointment.live = False
        appointment.token = new_token()  # the link that the person has opens nothing any more
        if was_live:
            appointment.status = "cancelled"
        appointment.version += 1
        appointment.updated_at = now
        session.flush()
        self._note(session, principal, "erased", appointment_id, {"status": appointment.status})

    def _note(
        self, session: Session, principal: Principal, action: str, appointment_id: UUID, after: dict[str, Any]
    ) -> None:
        record(
            session,
            Actor.of(principal),
            action=action,
            object_type="appointment",
            object_id=appointment_id,
            before=None,
            after=after,
            now=self._clock(),
        )


_TABLE = cast("Table", Appointment.__table__)


def forget_people(session: Session, before: datetime, now: datetime) -> int:
    """Take people out of appointments that were over before a moment; returns out of how many."""
    nobody: dict[str, Any] = {"rut": NOBODY, "name": NOBODY, "phone": None, "email": None, "notes": "", "reason": None}
    old = (Appointment.ends_at < before) & (Appointment.rut != NOBODY)
    statement = update(Appointment).where(old).values(**nobody, conversation_id=None, live=False, updated_at=now)
    return len(session.scalars(statement.returning(Appointment.id)).all())


def _mine(tenant: str, person: Person) -> ColumnElement[bool]:
    return (_TABLE.c.tenant_id == tenant) & (_TABLE.c.rut == person.rut)


def _owned(tenant: str, person: Person) -> list[Owned]:
    return [Owned(_TABLE, _mine(tenant, person), left_out=("token",))]


def _answers(tenant: str, ids: list[UUID]) -> ColumnElement[bool]:
    """Return which stored answers show one of these appointments."""
    body = sql_cast(IDEMPOTENCY_KEYS.c.body, Text)
    shown = or_(false(), *(body.contains(str(one), autoescape=True) for one in ids))
    return (IDEMPOTENCY_KEYS.c.tenant_id == tenant) & shown


def _known(session: Session, tenant: str, person: Person) -> Person:
    rows = session.execute(
        select(
            Appointment.id, Appointment.name, Appointment.phone, Appointment.email, Appointment.conversation_id
        ).where(_mine(tenant, person))
    ).all()
    return Person(
        rut=person.rut,
        names=tuple({row.name for row in rows if row.name}),
        phones=tuple({row.phone for row in rows if row.phone}),
        emails=tuple({row.email for row in rows if row.email}),
        conversations=tuple({row.conversation_id for row in rows if row.conversation_id}),
        appointments=tuple(row.id for row in rows),
    )


def _mentions(session: Session, tenant: str, person: Person) -> Mentions:
    others = {"appointments": ("rut", "name", "phone", "email")}
    return Mentions(session, Base.metadata, person, tenant, said_of_others=others)

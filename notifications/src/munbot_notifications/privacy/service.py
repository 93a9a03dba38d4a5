"""What was told to a person or about them: notifications, attempts, wishes, and messages to other systems."""

from typing import cast

from munbot_common.auth import Principal
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.personal_data import Mentions, Owned, exported, found, held
from munbot_common.traces import Traces, mark_of
from munbot_contracts.people import Erased, Exported, Found, Marks, Matches, Person, Rectification, Rectified
from sqlalchemy import Table, Text, delete, or_, select
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from munbot_notifications.base import Base
from munbot_notifications.preferences.models import OptOut, Preference
from munbot_notifications.sending.models import Attempt, Notification

SERVICE = "notifications"
SAID_OF_OTHERS = {
    "notifications": ("recipient_key", "route", "data"),
    "attempts": ("address", "provider_id"),
    "preferences": ("contact_key",),
    "opt_outs": ("address",),
    "officials": ("name", "address", "address_hash", "unit"),
    "webhooks": ("secret", "old_secret", "url"),
}
_RUT = "rut:"


class PersonalData:
    """What notifications does about one person.

    Args:
        factory: of sessions.
    """

    def __init__(self, factory: SessionFactory) -> None:
        self._factory = factory

    def find(self, principal: Principal, person: Person) -> Found:
        """Tell what there is of a person."""
        with unit_of_work(self._factory) as session:
            return found(
                session,
                SERVICE,
                person=person,
                known=_known(session, principal.tenant, person),
                owned=_owned(principal.tenant, person),
                mentions=_mentions(session, principal.tenant, person),
            )

    def export(self, principal: Principal, person: Person) -> Exported:
        """Give what was told to the person or about them, and how they want to be told."""
        with unit_of_work(self._factory) as session:
            return exported(session, SERVICE, _owned(principal.tenant, person))

    def rectify(self, principal: Principal, wish: Rectification) -> Rectified:  # noqa: ARG002 - see below
        """Change nothing: what is told from now on is told with what its source knows, and what was told was told."""
        return Rectified(service=SERVICE)

    def erase(self, principal: Principal, person: Person) -> Erased:
        """Forget all of it; what still waits to be told is not told."""
        tenant = principal.tenant
        with unit_of_work(self._factory) as session:
            owned = _owned(tenant, person)
            gone = held(session, SERVICE, owned)
            for one in reversed(owned):  # attempts before their notifications
                session.execute(delete(one.table).where(one.where))
            cleaned = _mentions(session, tenant, person).remove(SERVICE)
        return Erased(service=SERVICE, erased=tuple(gone), cleaned=tuple(cleaned))

    def match(self, principal: Principal, marks: Marks) -> Matches:
        """Tell which erased people are told things again."""
        wanted = frozenset(marks.marks)
        with unit_of_work(self._factory) as session:
            keys = session.scalars(
                select(Notification.recipient_key)
                .where(Notification.tenant_id == principal.tenant, Notification.recipient_key.startswith(_RUT))
                .distinct()
            )
            ruts = [key.removeprefix(_RUT) for key in keys]
        return Matches(ruts=tuple(rut for rut in ruts if mark_of(marks.key, principal.tenant, rut) in wanted))


def _keys(person: Person) -> list[str]:
    mails = [email.lower() for email in person.emails]
    return [f"{_RUT}{person.rut}", *(f"email:{one}" for one in mails), *(f"phone:{one}" for one in person.phones)]


def _owned(tenant: str, person: Person) -> list[Owned]:
    told, attempt, wish, refusal = (
        cast("Table", model.__table__) for model in (Notification, Attempt, Preference, OptOut)
    )
    ids = [str(one) for one in (*person.appointments, *person.complaints, *person.conversations)]
    theirs = (told.c.tenant_id == tenant) & or_(
        told.c.recipient_key.in_(_keys(person)),
        told.c.subject_id.in_(ids),
        told.c.conversation_id.in_(person.conversations),
        sql_cast(told.c.data, Text).regexp_match(Traces(Person(rut=person.rut)).pattern, flags="i"),
    )
    addresses = [*(email.lower() for email in person.emails), *person.phones]
    return [
        Owned(told, theirs, left_out=("claim", "correlation_id")),
        Owned(attempt, attempt.c.notification_id.in_(select(told.c.id).where(theirs))),
        Owned(wish, (wish.c.tenant_id == tenant) & wish.c.contact_key.in_(_keys(person))),
        Owned(refusal, (refusal.c.tenant_id == tenant) & refusal.c.address.in_(addresses)),
    ]


def _known(session: Session, tenant: str, person: Person) -> Person:
    """Return the addresses to which the person was told things under their RUT."""
    routes = session.scalars(
        select(Notification.route).where(
            Notification.tenant_id == tenant, Notification.recipient_key == f"{_RUT}{person.rut}"
        )
    ).all()
    places = [place for route in routes for place in route]
    return Person(
        rut=person.rut,
        emails=tuple({place["address"] for place in places if place["channel"] == "email"}),
        phones=tuple({place["address"] for place in places if place["channel"] in {"whatsapp", "sms"}}),
    )


def _mentions(session: Session, tenant: str, person: Person) -> Mentions:
    whole = ("outbox", "idempotency_keys", "webhook_messages")
    return Mentions(session, Base.metadata, person, tenant, whole=whole, said_of_others=SAID_OF_OTHERS)

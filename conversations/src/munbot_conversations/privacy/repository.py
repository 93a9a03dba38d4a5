"""Queries on what the hub holds of one person."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from munbot_common.personal_data import Mentions, Owned, named_by
from munbot_contracts.people import Person
from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from munbot_conversations.base import Base
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.contacts.rules import search_text
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.rules import NOWHERE
from munbot_conversations.messages.models import Message
from munbot_conversations.notes.models import Note
from munbot_conversations.numbers.models import Handoff
from munbot_conversations.unanswered.models import UnansweredOccurrence, UnansweredQuestion

SAID_OF_OTHERS = {
    "contacts": ("name", "rut", "phone", "email", "search"),
    "contact_addresses": ("address",),
    "conversations": ("address",),
    "login_failures": ("email",),  # of officials
}


@dataclass(frozen=True, slots=True)
class Mine:
    """The person's contacts and conversations."""

    contacts: tuple[UUID, ...]
    conversations: tuple[UUID, ...]


def mine(session: Session, tenant: str, person: Person) -> Mine:
    """Return which contacts are the person's, and their conversations.

    A contact whose RUT is known is theirs, or not, by that alone. Of the others, one is theirs who writes from a
    telephone or an address of theirs, or who booked or complained under their RUT and is known by no other telephone.
    """
    digits = [phone.removeprefix("+") for phone in person.phones]
    places = [*person.phones, *digits, *person.addresses]
    writes_from = exists().where(ContactAddress.contact_id == Contact.id, ContactAddress.address.in_(places))
    acted_in = exists().where(Conversation.contact_id == Contact.id, Conversation.id.in_(person.conversations))
    no_other_phone = or_(Contact.phone.is_(None), Contact.phone.in_(person.phones))
    theirs = or_(
        Contact.rut == person.rut,
        and_(
            Contact.rut.is_(None),
            or_(Contact.phone.in_(person.phones), writes_from, and_(acted_in, no_other_phone)),
        ),
    )
    contacts = session.scalars(select(Contact.id).where(Contact.tenant_id == tenant, theirs)).all()
    own = select(Conversation.id).where(Conversation.tenant_id == tenant, Conversation.contact_id.in_(contacts))
    return Mine(tuple(contacts), tuple(session.scalars(own)))


def known(session: Session, person: Person, found: Mine) -> Person:
    """Return what the hub knows of the person."""
    contacts = session.scalars(select(Contact).where(Contact.id.in_(found.contacts))).all()
    addresses = session.scalars(select(ContactAddress.address).where(ContactAddress.contact_id.in_(found.contacts)))
    return Person(
        rut=person.rut,
        names=tuple(one.name for one in contacts if one.name),
        phones=tuple(one.phone for one in contacts if one.phone),
        emails=tuple(one.email for one in contacts if one.email),
        addresses=tuple(addresses),
        conversations=found.conversations,
    )


def owned(found: Mine) -> list[Owned]:
    """Return the person's rows; a contact and a conversation of whom nothing is left are nobody's."""
    contact, address, talk = _table(Contact), _table(ContactAddress), _table(Conversation)
    message, note = _table(Message), _table(Note)
    return [
        Owned(contact, contact.c.id.in_(found.contacts) & somebody(), left_out=("search",)),
        Owned(address, address.c.contact_id.in_(found.contacts)),
        Owned(talk, talk.c.id.in_(found.conversations) & spoken(), left_out=("summary_job_id", "version")),
        Owned(message, message.c.conversation_id.in_(found.conversations), left_out=("last_error", "correlation_id")),
        Owned(note, note.c.conversation_id.in_(found.conversations)),
    ]


def somebody() -> ColumnElement[bool]:
    """Return which contacts are known by anything."""
    columns = (Contact.name, Contact.rut, Contact.phone, Contact.email)
    return or_(*(column.is_not(None) for column in columns), Contact.search != "")


def spoken() -> ColumnElement[bool]:
    """Return which conversations still have their content."""
    return ~Conversation.address.startswith(NOWHERE)


def mentions(session: Session, tenant: str, person: Person, found: Mine) -> Mentions:
    """Return what finds the person in the words of others."""
    strictly = named_by(person, *found.contacts, *found.conversations)
    return Mentions(session, Base.metadata, person, tenant, said_of_others=SAID_OF_OTHERS, strictly=strictly)


def files(session: Session, conversations: Collection[UUID], bucket: str) -> Sequence[str]:
    """Return the keys of the files of conversations."""
    query = select(Message.media["key"].astext).where(
        Message.conversation_id.in_(conversations), Message.media["bucket"].astext == bucket
    )
    return session.scalars(query.distinct()).all()


def forget_questions(session: Session, conversations: Collection[UUID]) -> int:
    """Take the person's messages out of the counts of unanswered questions; those only they asked go."""
    own = select(Message.id).where(Message.conversation_id.in_(conversations))
    counts: dict[UUID, int] = dict(
        session.execute(
            select(UnansweredOccurrence.question_id, func.count())
            .where(UnansweredOccurrence.message_id.in_(own))
            .group_by(UnansweredOccurrence.question_id)
        ).all()
    )
    session.execute(delete(UnansweredOccurrence).where(UnansweredOccurrence.message_id.in_(own)))
    question = UnansweredQuestion
    theirs = or_(question.id.in_(tuple(counts)), question.conversation_id.in_(conversations))
    # In the order of their ids: of two who erase at once one waits, never both.
    for one in session.scalars(select(question).where(theirs).order_by(question.id).with_for_update()).all():
        count = counts.get(one.id, 0)
        if count and one.count <= count and one.status != "answered":
            session.delete(one)
            continue
        one.count = max(one.count - count, 0)
        if one.conversation_id in conversations:
            one.conversation_id = None
    session.flush()
    return len(counts)


def forget(session: Session, found: Mine, now: datetime) -> None:
    """Delete what was said, and leave contacts and conversations without a person, for the figures."""
    talks = found.conversations
    session.execute(delete(Message).where(Message.conversation_id.in_(talks)))
    session.execute(delete(Note).where(Note.conversation_id.in_(talks)))
    session.execute(
        update(Handoff).where(Handoff.conversation_id.in_(talks), Handoff.ended_at.is_(None)).values(ended_at=now)
    )
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(talks))
        .values(
            address=func.concat(NOWHERE, Conversation.id),
            status="closed",
            mode="bot",
            version=Conversation.version + 1,
            human_until=None,
            assigned_agent_id=None,
            waiting_since=None,
            handoff_reason=None,
            handoff_summary=None,
            summary=None,
            summary_job_id=None,
            last_text="",
            closed_at=func.coalesce(Conversation.closed_at, now),
        )
    )
    session.execute(delete(ContactAddress).where(ContactAddress.contact_id.in_(found.contacts)))
    nothing: dict[str, Any] = {"name": None, "rut": None, "phone": None, "email": None, "search": ""}
    session.execute(update(Contact).where(Contact.id.in_(found.contacts)).values(**nothing))


def put_right(session: Session, contacts: Collection[UUID], values: dict[str, str]) -> list[UUID]:
    """Change what contacts are called and how they are reached; returns which were different before."""
    changed = []
    for contact in session.scalars(select(Contact).where(Contact.id.in_(contacts)).with_for_update()):
        if all(getattr(contact, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(contact, name, value)
        addresses = session.scalars(select(ContactAddress.address).where(ContactAddress.contact_id == contact.id))
        contact.search = search_text(contact.name, contact.phone, *addresses, contact.rut, contact.email)
        changed.append(contact.id)
    session.flush()
    return changed


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


def with_tracker(session: Session, tenant: str, person: Person, found: Mine) -> list[UUID]:
    """Return the conversations whose trackers may know the person: theirs, and where somebody acted for them."""
    others = select(Conversation.id).where(Conversation.tenant_id == tenant, Conversation.id.in_(person.conversations))
    return list(dict.fromkeys([*found.conversations, *session.scalars(others)]))

"""Queries of the clock: what is old enough to lose its person. Whatever somebody else holds is left for later."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session

from munbot_conversations.audit.models import AuditEntry
from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.privacy.repository import somebody, spoken

CHANGES = ("contact.change", "privacy.rectify")
"""Entries of the audit log that say that an official has worked on a contact."""


def old_conversations(session: Session, before: datetime, limit: int) -> Sequence[Row[UUID, str]]:
    """Return, locked, id and tenant of conversations whose last message is older than a moment.

    Those that are open and a person's, or wait for one, stay.
    """
    of_a_person = and_(
        Conversation.status == "open", or_(Conversation.mode == "human", Conversation.waiting_since.is_not(None))
    )
    return session.execute(
        select(Conversation.id, Conversation.tenant_id)
        .where(Conversation.last_message_at < before, spoken(), ~of_a_person)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def old_contacts(session: Session, before: datetime, limit: int) -> Sequence[Row[UUID, str]]:
    """Return, locked, id and tenant of contacts who have nothing left to be known for since a moment.

    That is: made before it, not changed by an official since, and no conversation of theirs still has its content.
    """
    return session.execute(
        select(Contact.id, Contact.tenant_id)
        .where(*_forgettable(before))
        .limit(limit)
        .with_for_update(of=Contact, skip_locked=True)
    ).all()


def still_old(session: Session, contacts: Collection[UUID], before: datetime) -> set[UUID]:
    """Return which of some locked contacts may go.

    A conversation that was opened while they were being locked is seen only by a statement that begins afterwards;
    from now on its foreign key waits for us.
    """
    return set(session.scalars(select(Contact.id).where(Contact.id.in_(contacts), *_forgettable(before))))


def _forgettable(before: datetime) -> tuple[ColumnElement[bool], ...]:
    reached = exists().where(ContactAddress.contact_id == Contact.id)
    remembered = exists().where(Conversation.contact_id == Contact.id, spoken())
    worked_on = exists().where(
        AuditEntry.tenant_id == Contact.tenant_id,
        AuditEntry.object_type == "contact",
        AuditEntry.object_id == cast(Contact.id, String),
        AuditEntry.action.in_(CHANGES),
        AuditEntry.at >= before,
    )
    return Contact.created_at < before, or_(somebody(), reached), ~remembered, ~worked_on

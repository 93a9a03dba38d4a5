"""Queries on citizens and their addresses."""

from collections.abc import Sequence
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.contacts.models import Contact, ContactAddress
from munbot_conversations.contacts.rules import SEARCH_LIMIT, search_text
from munbot_conversations.conversations.models import Conversation


def get(session: Session, tenant: str, contact_id: UUID, *, lock: bool = False) -> Contact | None:
    """Return a contact of this tenant, on demand with its row locked."""
    statement = select(Contact).where(Contact.id == contact_id, Contact.tenant_id == tenant)
    return session.scalar(statement.with_for_update() if lock else statement)


def addresses(session: Session, contact_id: UUID) -> Sequence[ContactAddress]:
    """Return how a contact is reached."""
    return session.scalars(
        select(ContactAddress)
        .where(ContactAddress.contact_id == contact_id)
        .order_by(ContactAddress.channel, ContactAddress.address)
    ).all()


def conversations_of(session: Session, contact_id: UUID) -> int:
    """Return how many conversations a contact has had."""
    return session.scalar(select(func.count()).where(Conversation.contact_id == contact_id)) or 0


def find_by_address(session: Session, *, tenant: str, channel: str, account: str, address: str) -> UUID | None:
    """Return the contact behind an address, if it is known."""
    return session.scalar(
        select(ContactAddress.contact_id).where(
            ContactAddress.tenant_id == tenant,
            ContactAddress.channel == channel,
            ContactAddress.account == account,
            ContactAddress.address == address,
        )
    )


def resolve(
    session: Session,
    *,
    tenant: str,
    channel: str,
    account: str,
    address: str,
    name: str | None = None,
    phone: str | None = None,
) -> UUID:
    """Return the contact behind an address, made now if it is new; two callers at once get the same one."""
    known = find_by_address(session, tenant=tenant, channel=channel, account=account, address=address)
    if known is not None:
        return known
    contact_id = uuid7()
    with session.begin_nested() as savepoint:
        session.execute(
            insert(Contact).values(
                id=contact_id, tenant_id=tenant, name=name, phone=phone, search=search_text(name, phone, address)
            )
        )
        added = session.execute(
            insert(ContactAddress)
            .values(
                id=uuid7(), tenant_id=tenant, contact_id=contact_id, channel=channel, account=account, address=address
            )
            .on_conflict_do_nothing()
            .returning(ContactAddress.id)
        ).first()
        if added is None:
            savepoint.rollback()
    if added is None:
        return resolve(session, tenant=tenant, channel=channel, account=account, address=address)
    return contact_id


def learn(session: Session, *, contact_id: UUID, name: str | None, phone: str | None, address: str) -> None:
    """Keep a name or phone that a channel tells of a contact who had none."""
    if not (name or phone):
        return
    session.execute(
        update(Contact)
        .where(Contact.id == contact_id, Contact.name.is_(None))
        .values(
            name=name,
            phone=func.coalesce(Contact.phone, phone),
            search=func.left(search_text(name, phone, address) + " " + Contact.search, SEARCH_LIMIT),
        )
    )


def complete(session: Session, contact: Contact, known: dict[str, str | None]) -> None:
    """Fill in what is not known of a contact yet; what somebody noted stays."""
    for name, value in known.items():
        if value and not getattr(contact, name):
            setattr(contact, name, value)
    places = [place.address for place in addresses(session, contact.id)]
    contact.search = search_text(contact.name, contact.phone, *places, contact.rut, contact.email)

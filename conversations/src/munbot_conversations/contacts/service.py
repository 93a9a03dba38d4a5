"""What officials know of a citizen."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.outbox import record_events
from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.base import OUTBOX
from munbot_conversations.contacts import events, repository
from munbot_conversations.contacts.models import Contact
from munbot_conversations.contacts.rules import search_text
from munbot_conversations.contacts.schemas import AddressItem, ContactChange, ContactItem

FIELDS = ("name", "rut", "phone", "email")


class ContactNotFound(NotFound):
    """No such citizen in the tenant."""

    code = "contact_not_found"
    title = "Ese contacto no existe"


def shown(session: Session, principal: Principal, contact_id: UUID) -> ContactItem:
    """Return a citizen of the caller's tenant.

    Raises:
        ContactNotFound: there is none.
    """
    return _item(session, _required(repository.get(session, principal.tenant, contact_id)))


def change(session: Session, principal: Principal, contact_id: UUID, wish: ContactChange, clock: Clock) -> ContactItem:
    """Change what is known of a citizen.

    The audit log says which of it was known before and after, not what: the log cannot be changed any more, and a
    citizen may have their data erased (Ley 21.719).

    Raises:
        ContactNotFound: there is none.
    """
    contact = _required(repository.get(session, principal.tenant, contact_id, lock=True))
    before = _known(contact)
    changed = [name for name in wish.model_fields_set if getattr(contact, name) != getattr(wish, name)]
    for name in changed:
        setattr(contact, name, getattr(wish, name))
    if changed:
        addresses = [place.address for place in repository.addresses(session, contact.id)]
        contact.search = search_text(contact.name, contact.phone, *addresses, contact.rut, contact.email)
        session.flush()
        record_events(session, OUTBOX, [events.changed(contact, clock)])
        record(
            session,
            principal,
            action="contact.change",
            object_type="contact",
            object_id=contact.id,
            before={"known": before},
            after={"known": _known(contact), "changed": sorted(changed)},
        )
    return _item(session, contact)


def _required(contact: Contact | None) -> Contact:
    if contact is None:
        raise ContactNotFound
    return contact


def _known(contact: Contact) -> list[str]:
    return [name for name in FIELDS if getattr(contact, name)]


def _item(session: Session, contact: Contact) -> ContactItem:
    return ContactItem(
        id=contact.id,
        name=contact.name,
        rut=contact.rut,
        phone=contact.phone,
        email=contact.email,
        addresses=[AddressItem.model_validate(place) for place in repository.addresses(session, contact.id)],
        conversations=repository.conversations_of(session, contact.id),
        created_at=contact.created_at,
    )

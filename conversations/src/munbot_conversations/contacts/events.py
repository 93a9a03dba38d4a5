"""The event by which open pages hear of a citizen's new details."""

from typing import Any

from munbot_common.clock import Clock
from munbot_common.outbox import make_event
from munbot_contracts import Event
from munbot_contracts.office import CONTACT_CHANGED, ContactChanged

from munbot_conversations.base import SERVICE
from munbot_conversations.contacts.models import Contact


def changed(contact: Contact, clock: Clock) -> Event[Any]:
    """Something else is known of a citizen now."""
    return make_event(
        source=SERVICE,
        event_type=CONTACT_CHANGED,
        subject=str(contact.id),
        tenant=contact.tenant_id,
        data=ContactChanged(contact_id=contact.id),
        clock=clock,
    )

"""Which conversation a message belongs into."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.messaging import PermanentError
from munbot_contracts import Event
from munbot_contracts.messages import Sender
from sqlalchemy.orm import Session

from munbot_conversations.contacts import repository as contacts
from munbot_conversations.conversations import events as conversation_events
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.tenants import repository as tenants


@dataclass(frozen=True, slots=True)
class Place:
    """Where a citizen writes from: their address on one account of a channel."""

    tenant: str
    channel: str
    account: str
    address: str


def live_conversation(
    session: Session, place: Place, citizen: Sender, clock: Clock, *, named: UUID | None = None
) -> tuple[Conversation, list[Event[Any]]]:
    """Return the open conversation of a citizen, locked, and the events of opening it.

    Args:
        session: the transaction.
        place: where they write from.
        citizen: who they are, for a contact that is new.
        clock: the time of day.
        named: a conversation that the channel knows better than the address.

    Raises:
        PermanentError: the tenant is unknown.
    """
    live = conversations.lock_live(session, **asdict(place))
    if live is None and named is not None:
        known = conversations.get(session, place.tenant, named)
        here = known is not None and (known.channel, known.account) == (place.channel, place.account)
        address = conversations.address_of(session, known) if known is not None and here else None
        if address is not None:
            place = replace(place, address=address)
            live = conversations.lock_live(session, **asdict(place))
    if live is not None:
        return live, []
    if not tenants.exists(session, place.tenant):
        msg = "unknown tenant"
        raise PermanentError(msg)
    contact_id = contacts.resolve(session, **asdict(place), name=citizen.name, phone=citizen.phone)
    created = conversations.open_new(session, **asdict(place), contact_id=contact_id, now=clock())
    live = conversations.lock_live(session, **asdict(place))
    if live is None:
        msg = "the conversation was closed at the same moment"
        raise RuntimeError(msg)
    return live, [conversation_events.opened(live, clock)] if created else []

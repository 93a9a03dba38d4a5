"""Events about conversations, written to the outbox in the transaction of the change."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.outbox import make_event
from munbot_contracts import Contract, Event
from munbot_contracts.conversations import (
    CONVERSATION_ASSIGNED,
    CONVERSATION_CLOSED,
    CONVERSATION_HANDOFF_REQUESTED,
    CONVERSATION_NOTED,
    CONVERSATION_OPENED,
    CONVERSATION_RELEASED,
    ConversationAssigned,
    ConversationClosed,
    ConversationHandoffRequested,
    ConversationNoted,
    ConversationOpened,
    ConversationReleased,
)

from munbot_conversations.base import SERVICE
from munbot_conversations.conversations.models import Conversation

By = Literal["agent", "timeout", "system"]


def _event(kind: str, tenant: str, conversation_id: UUID, data: Contract, clock: Clock) -> Event[Any]:
    return make_event(
        source=SERVICE, event_type=kind, subject=str(conversation_id), tenant=tenant, data=data, clock=clock
    )


def opened(conversation: Conversation, clock: Clock) -> Event[Any]:
    """A citizen began to talk."""
    data = ConversationOpened(
        conversation_id=conversation.id,
        contact_id=conversation.contact_id,
        channel=conversation.channel,
        account=conversation.account,
    )
    return _event(CONVERSATION_OPENED, conversation.tenant_id, conversation.id, data, clock)


def handoff_requested(
    *, tenant: str, conversation_id: UUID, reason: str, human_until: datetime, open_now: bool, clock: Clock
) -> Event[Any]:
    """A person is wanted."""
    data = ConversationHandoffRequested(
        conversation_id=conversation_id, reason=reason, human_until=human_until, open_now=open_now
    )
    return _event(CONVERSATION_HANDOFF_REQUESTED, tenant, conversation_id, data, clock)


def assigned(
    *, tenant: str, conversation_id: UUID, agent_id: UUID | None, human_until: datetime, clock: Clock
) -> Event[Any]:
    """An agent took it, was given it, or has it no longer (None)."""
    data = ConversationAssigned(conversation_id=conversation_id, agent_id=agent_id, human_until=human_until)
    return _event(CONVERSATION_ASSIGNED, tenant, conversation_id, data, clock)


def released(*, tenant: str, conversation_id: UUID, by: By, clock: Clock) -> Event[Any]:
    """The bot may speak again."""
    data = ConversationReleased(conversation_id=conversation_id, by=by)
    return _event(CONVERSATION_RELEASED, tenant, conversation_id, data, clock)


def closed(*, tenant: str, conversation_id: UUID, by: By, clock: Clock) -> Event[Any]:
    """It is over."""
    data = ConversationClosed(conversation_id=conversation_id, by=by)
    return _event(CONVERSATION_CLOSED, tenant, conversation_id, data, clock)


def noted(*, tenant: str, conversation_id: UUID, note_id: UUID, agent_id: UUID, clock: Clock) -> Event[Any]:
    """An official left a note."""
    data = ConversationNoted(conversation_id=conversation_id, note_id=note_id, agent_id=agent_id)
    return _event(CONVERSATION_NOTED, tenant, conversation_id, data, clock)

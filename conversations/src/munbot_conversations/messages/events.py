"""Events about messages: bubbles for the channel, and what became of a citizen's message."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.outbox import make_event
from munbot_contracts import Event
from munbot_contracts.messages import (
    MESSAGE_HANDLED,
    MESSAGE_OUTBOUND,
    MESSAGE_STORED,
    Button,
    MessageHandled,
    MessageKind,
    MessageOutbound,
    MessageStored,
)

from munbot_conversations.base import SERVICE
from munbot_conversations.messages.rules import answer_in

Outcome = Literal["answered", "joined", "silenced", "deferred"]


def outbound(row: dict[str, Any], *, recipient: str, clock: Clock) -> Event[Any]:
    """Return the event that sends a stored outbound message.

    Args:
        row: the message's columns.
        recipient: the citizen's address on the channel.
        clock: the time of day.
    """
    data = MessageOutbound(
        message_id=row["id"],
        conversation_id=row["conversation_id"],
        channel=row["channel"],
        account=row["account"],
        recipient=recipient,
        seq=row["seq"],
        sender_type=row["sender_type"],
        kind=row.get("kind", "text"),
        text=row["text"],
        buttons=[Button(**button) for button in row.get("buttons") or ()],
        media=row.get("media"),
        answer=answer_in(row.get("custom")),
        in_reply_to=row.get("in_reply_to"),
        turn_index=row.get("turn_index", 0),
        turn_count=row.get("turn_count", 1),
        created_at=row["created_at"],
    )
    return make_event(
        source=SERVICE,
        event_type=MESSAGE_OUTBOUND,
        subject=str(row["id"]),
        tenant=row["tenant_id"],
        data=data,
        clock=clock,
    )


def stored(
    *,
    tenant: str,
    message_id: UUID,
    conversation_id: UUID,
    seq: int,
    sender_type: Literal["citizen", "agent", "system"],
    channel: Any,
    kind: str = "text",
    clock: Clock,
) -> Event[Any]:
    """Return the event that tells officials' pages of a new message, or of the file of one."""
    data = MessageStored(
        message_id=message_id,
        conversation_id=conversation_id,
        seq=seq,
        sender_type=sender_type,
        kind=MessageKind(kind),
        channel=channel,
    )
    return make_event(
        source=SERVICE, event_type=MESSAGE_STORED, subject=str(message_id), tenant=tenant, data=data, clock=clock
    )


def handled(
    *, tenant: str, message_id: UUID, conversation_id: UUID, channel: Any, outcome: Outcome, replies: int, clock: Clock
) -> Event[Any]:
    """Return the event that says what became of a citizen's message."""
    data = MessageHandled(
        message_id=message_id, conversation_id=conversation_id, channel=channel, outcome=outcome, replies=replies
    )
    return make_event(
        source=SERVICE, event_type=MESSAGE_HANDLED, subject=str(message_id), tenant=tenant, data=data, clock=clock
    )


def outbound_all(rows: Sequence[dict[str, Any]], *, recipient: str, clock: Clock) -> list[Event[Any]]:
    """Return the events of several messages, in order."""
    return [outbound(row, recipient=recipient, clock=clock) for row in rows]

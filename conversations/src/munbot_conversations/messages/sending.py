"""What an official writes or sends to the citizen."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id
from munbot_common.outbox import record_events
from munbot_contracts import Event
from munbot_contracts.messages import Media
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.auth.service import current_agent
from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import service as conversations
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.conversations.rules import silence_is_over
from munbot_conversations.messages import events
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.rules import preview, storable
from munbot_conversations.numbers import facts
from munbot_conversations.texts import kind_in_words


def agent_message(
    session: Session,
    principal: Principal,
    conversation_id: UUID,
    *,
    text: str,
    clock: Clock,
    kind: str = "text",
    media: Media | None = None,
    message_id: UUID | None = None,
) -> Message:
    """Store and send what an agent writes; writing takes the word, and keeps it for the same time again.

    Args:
        session: the request's transaction.
        principal: the official.
        conversation_id: where.
        text: the words; with a file, what is said of it.
        clock: the time of day.
        kind: what kind of message it is.
        media: its file, stored already.
        message_id: the message's id, where it is known before.

    Raises:
        ConversationNotFound, ConversationClosed
    """
    agent = current_agent(session, principal)
    conversation = conversations.opened(session, principal, conversation_id)
    now = clock()
    out = _take_the_word(session, conversation, agent.id, now, clock)
    facts.person_answered(session, conversation.id, now)
    conversation.waiting_since = None
    conversation.last_seq += 1
    conversation.last_message_at = now
    conversation.last_text = preview(text) or kind_in_words(kind)
    conversation.last_sender = "agent"
    message = Message(
        id=message_id or uuid7(),
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        channel=conversation.channel,
        account=conversation.account,
        direction="out",
        sender_type="agent",
        agent_id=agent.id,
        kind=kind,
        text=storable(text),
        media=media.model_dump() if media else None,
        state="handled",
        session_number=conversation.session_number,
        turn_index=0,
        turn_count=1,
        correlation_id=correlation_id.get(),
        created_at=now,
        handled_at=now,
    )
    session.add(message)
    session.flush()
    row = {column.name: getattr(message, column.name) for column in Message.__table__.columns}
    out.append(events.outbound(row, recipient=conversation.address, clock=clock))
    out.append(
        events.stored(
            tenant=conversation.tenant_id,
            message_id=message.id,
            conversation_id=conversation.id,
            seq=message.seq,
            sender_type="agent",
            channel=conversation.channel,
            kind=kind,
            clock=clock,
        )
    )
    record_events(session, OUTBOX, out)
    record(session, principal, action="message.send", object_type="conversation", object_id=conversation.id)
    return message


def _take_the_word(
    session: Session, conversation: Conversation, agent_id: UUID, now: datetime, clock: Clock
) -> list[Event[Any]]:
    if conversation.mode == "bot" or silence_is_over(conversation.mode, conversation.human_until, now):
        return conversations.take(session, conversation, agent_id=agent_id, minutes=None, clock=clock)
    if conversation.assigned_agent_id is None:
        minutes = conversation.human_minutes
        return conversations.take(session, conversation, agent_id=agent_id, minutes=minutes, clock=clock)
    until = now + timedelta(minutes=conversation.human_minutes or 1)
    conversation.human_until = max(until, conversation.human_until or until)
    return []

"""Queries on messages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from munbot_contracts.messages import MessageReceived
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.rules import storable

STATUS_RANK = {"sent": 1, "delivered": 2, "read": 3, "failed": 4}


def add_inbound(
    session: Session,
    conversation: Conversation,
    data: MessageReceived,
    *,
    text: str,
    correlation_id: str,
    asks_bot: bool,
    now: datetime,
) -> bool:
    """Store a citizen's message at the next position of a locked conversation; False when it is known already."""
    statement = (
        insert(Message)
        .values(
            id=data.message_id,
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.id,
            seq=conversation.last_seq + 1,
            channel=data.channel,
            account=data.account,
            provider_message_id=storable(data.provider_message_id)[:300],
            direction="in",
            sender_type="citizen",
            kind=data.kind.value,
            text=text,
            payload=storable(data.payload) if data.payload is not None else None,
            media=data.media.model_dump() if data.media else None,
            location=data.location.model_dump() if data.location else None,
            state="pending" if asks_bot else "handled",
            outcome=None if asks_bot else "silenced",
            next_attempt_at=now if asks_bot else None,
            handled_at=None if asks_bot else now,
            session_number=conversation.session_number,
            correlation_id=correlation_id,
            sent_at=data.sent_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    )
    return session.execute(statement).first() is not None


def get(session: Session, tenant: str, message_id: UUID) -> Message | None:
    """Return a message of this tenant."""
    return session.scalar(select(Message).where(Message.id == message_id, Message.tenant_id == tenant))


def replies_to(session: Session, message_id: UUID) -> Sequence[Message]:
    """Return the outbound messages that answer a message, in order."""
    return session.scalars(select(Message).where(Message.in_reply_to == message_id).order_by(Message.seq)).all()


def after(session: Session, *, tenant: str, conversation_id: UUID, seq: int, limit: int) -> Sequence[Message]:
    """Return a conversation's messages after a position, in order."""
    return session.scalars(
        select(Message)
        .where(Message.tenant_id == tenant, Message.conversation_id == conversation_id, Message.seq > seq)
        .order_by(Message.seq)
        .limit(limit)
    ).all()


def before(session: Session, *, tenant: str, conversation_id: UUID, seq: int, limit: int) -> Sequence[Message]:
    """Return the last messages of a conversation before a position, in order."""
    found = session.scalars(
        select(Message)
        .where(Message.tenant_id == tenant, Message.conversation_id == conversation_id, Message.seq < seq)
        .order_by(Message.seq.desc())
        .limit(limit)
    ).all()
    return found[::-1]


def note_status(session: Session, *, tenant: str, message_id: UUID, status: str, error: str | None) -> None:
    """Keep what became of an outbound message; statuses arrive in any order and only the furthest one counts."""
    lower = [name for name, rank in STATUS_RANK.items() if rank < STATUS_RANK[status]]
    session.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.tenant_id == tenant,
            Message.direction == "out",
            Message.delivery_status.is_(None) | Message.delivery_status.in_(lower),
        )
        .values(delivery_status=status, delivery_error=error)
        .execution_options(synchronize_session=False)
    )

"""Queries on messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from munbot_contracts.messages import MessageInitiated, MessageMedia, MessageReceived
from sqlalchemy import case, select, update
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
    due: datetime | None,
    now: datetime,
) -> bool:
    """Store a citizen's message at the next position of a locked conversation; False when it is known already.

    It is answered at `due`, by the bot; without that it is not.
    """
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
            media_pending=data.media_pending,
            opt=data.opt,
            state="pending" if due else "handled",
            outcome=None if due else "silenced",
            next_attempt_at=due,
            handled_at=None if due else now,
            session_number=conversation.session_number,
            correlation_id=correlation_id,
            sent_at=data.sent_at,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    )
    return session.execute(statement).first() is not None


def add_initiated(session: Session, conversation: Conversation, data: MessageInitiated, *, now: datetime) -> bool:
    """Store what the office wrote first at the next position of a locked conversation; False when it is known."""
    statement = (
        insert(Message)
        .values(
            id=data.message_id,
            tenant_id=conversation.tenant_id,
            conversation_id=conversation.id,
            seq=conversation.last_seq + 1,
            channel=data.channel,
            account=data.account,
            direction="out",
            sender_type="system",
            text=storable(data.text),
            buttons=[button.model_dump() for button in data.buttons] or None,
            state="handled",
            session_number=conversation.session_number,
            sent_at=data.created_at,
            created_at=now,
            handled_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Message.id)
    )
    return session.execute(statement).first() is not None


@dataclass(frozen=True, slots=True)
class Noted:
    """The message whose file came: where it stands, and whether it is still to be answered."""

    conversation_id: UUID
    seq: int
    kind: str
    pending: bool


def note_media(session: Session, *, tenant: str, data: MessageMedia, now: datetime) -> Noted | None:
    """Keep what became of a message's file, and let its turn come; None when there is no such message (yet)."""
    row = session.execute(
        update(Message)
        .where(Message.id == data.message_id, Message.tenant_id == tenant, Message.direction == "in")
        .values(
            media=data.media.model_dump() if data.media else Message.media,
            media_pending=False,
            media_problem=data.problem,
            transcript=storable(data.transcript) if data.transcript is not None else None,
            transcript_confidence=data.transcript_confidence,
            next_attempt_at=case((Message.state == "pending", now), else_=None),
        )
        .returning(Message.conversation_id, Message.seq, Message.kind, Message.state)
        .execution_options(synchronize_session=False)
    ).first()
    return Noted(row.conversation_id, row.seq, row.kind, row.state == "pending") if row else None


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

"""Statements of a turn. Each is one round trip; the citizen waits for them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, insert, select, text, update
from sqlalchemy.orm import Session, aliased

from munbot_conversations.contacts.models import Contact
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from munbot_conversations.tenants.models import Tenant

OFFERED_LOOK_BACK = 20
INTERRUPTED_WAIT = timedelta(seconds=3)
"""How long a message rests after its worker died: time for Rasa to finish what it was asked, and to note it."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A citizen's message whose turn it is, with what is needed to answer it."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    tenant: str
    channel: str
    account: str
    recipient: str
    kind: str
    text: str
    payload: str | None
    location: dict[str, Any] | None
    media: dict[str, Any] | None
    media_pending: bool
    media_problem: str | None
    transcript: str | None
    transcript_confidence: float | None
    opt: str | None
    attempts: int
    last_error: str | None
    session_number: int
    correlation_id: str
    created_at: datetime
    version: int
    status: str
    mode: str
    human_until: datetime | None
    waiting_since: datetime | None
    assigned_agent_id: UUID | None
    outage_told_at: datetime | None
    timezone: str
    takeover_minutes: int
    phone: str | None


_TURN_COLUMNS = (
    Message.id.label("message_id"),
    Message.conversation_id,
    Message.seq,
    Message.tenant_id.label("tenant"),
    Message.channel,
    Message.account,
    Conversation.address.label("recipient"),
    Message.kind,
    Message.text,
    Message.payload,
    Message.location,
    Message.media,
    Message.media_pending,
    Message.media_problem,
    Message.transcript,
    Message.transcript_confidence,
    Message.opt,
    Message.attempts,
    Message.last_error,
    Message.session_number,
    Message.correlation_id,
    Message.created_at,
    Conversation.version,
    Conversation.status,
    Conversation.mode,
    Conversation.human_until,
    Conversation.waiting_since,
    Conversation.assigned_agent_id,
    Conversation.outage_told_at,
    Tenant.timezone,
    Tenant.takeover_minutes,
    Contact.phone,
)


def lock_key(conversation_id: UUID) -> int:
    """Return the advisory lock of a conversation: 64 bits of its id's hash."""
    return int.from_bytes(hashlib.blake2b(conversation_id.bytes, digest_size=8).digest(), "big", signed=True)


def try_lock(session: Session, conversation_id: UUID) -> bool:
    """Take the conversation for this database session, unless another one has it."""
    return bool(session.scalar(select(func.pg_try_advisory_lock(lock_key(conversation_id)))))


def unlock(session: Session, conversation_id: UUID) -> None:
    """Let the conversation go."""
    session.execute(select(func.pg_advisory_unlock(lock_key(conversation_id))))


def claim_next(session: Session, conversation_id: UUID, now: datetime) -> Turn | None:
    """Count one more try of the oldest pending message and return it; None when none is due.

    The count need not survive a crash of PostgreSQL itself, so this transaction does not wait for the disk; it does
    survive a crash of this process, and tells the next one to look into Rasa's tracker first.
    """
    session.execute(text("SET LOCAL synchronous_commit = off"))
    head = (
        select(Message.id)
        .where(Message.conversation_id == conversation_id, Message.state == "pending")
        .order_by(Message.seq)
        .limit(1)
        .scalar_subquery()
    )
    return _claim(session, Message.id == head, Message.next_attempt_at <= now, now=now)


def claim(session: Session, message_id: UUID, now: datetime) -> Turn | None:
    """Count one more try of this pending message and return it."""
    return _claim(session, Message.id == message_id, now=now)


def _claim(session: Session, *which: ColumnElement[bool], now: datetime) -> Turn | None:
    row = session.execute(
        update(Message)
        .where(
            *which,
            Message.state == "pending",
            Conversation.id == Message.conversation_id,
            Contact.id == Conversation.contact_id,
            Tenant.id == Message.tenant_id,
        )
        .values(attempts=Message.attempts + 1, next_attempt_at=now + INTERRUPTED_WAIT)
        .returning(*_TURN_COLUMNS)
        .execution_options(synchronize_session=False)
    ).first()
    return Turn(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public name for it


def offered(session: Session, conversation_id: UUID) -> list[list[dict[str, str]] | None]:
    """Return the buttons of the latest messages of bot and office in a conversation."""
    return list(
        session.scalars(
            select(Message.buttons)
            .where(
                Message.conversation_id == conversation_id,
                Message.direction == "out",
                Message.sender_type.in_(("bot", "system")),
                Message.buttons.is_not(None),
            )
            .order_by(Message.seq.desc())
            .limit(OFFERED_LOOK_BACK)
        )
    )


def asked_by_office(session: Session, turn: Turn) -> list[dict[str, str]] | None:
    """Return the buttons of what the office wrote last, if nobody has answered it before this message."""
    last = session.execute(
        select(Message.sender_type, Message.buttons)
        .where(Message.conversation_id == turn.conversation_id, Message.direction == "out", Message.seq < turn.seq)
        .order_by(Message.seq.desc())
        .limit(1)
    ).first()
    return last.buttons if last is not None and last.sender_type == "system" else None


def advance(session: Session, turn: Turn, *, by: int, values: dict[str, Any]) -> int | None:
    """Reserve `by` positions in the conversation and change it, unless somebody else has the word by now.

    Returns the last reserved position, or None when the version has changed; nothing is changed then.
    """
    return session.scalar(
        update(Conversation)
        .where(Conversation.id == turn.conversation_id, Conversation.version == turn.version)
        .values(last_seq=Conversation.last_seq + by, **values)
        .returning(Conversation.last_seq)
        .execution_options(synchronize_session=False)
    )


def insert_messages(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store messages."""
    if rows:
        session.execute(insert(Message), list(rows))


def settle(session: Session, turn: Turn, *, state: str, outcome: str, now: datetime) -> bool:
    """End the turn of a message; False when it had ended already."""
    result = session.execute(
        update(Message)
        .where(Message.id == turn.message_id, Message.state == "pending")
        .values(state=state, outcome=outcome, handled_at=now, next_attempt_at=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return result.first() is not None


def postpone(session: Session, turn: Turn, *, until: datetime, reason: str) -> None:
    """Leave a message pending until later."""
    session.execute(
        update(Message)
        .where(Message.id == turn.message_id, Message.state == "pending")
        .values(next_attempt_at=until, last_error=reason)
        .execution_options(synchronize_session=False)
    )


def due_conversations(session: Session, now: datetime, limit: int = 200) -> list[UUID]:
    """Return conversations whose oldest pending message is due."""
    earlier = aliased(Message)
    blocked = exists().where(
        and_(
            earlier.conversation_id == Message.conversation_id,
            earlier.state == "pending",
            earlier.seq < Message.seq,
        )
    )
    return list(
        session.scalars(
            select(Message.conversation_id)
            .where(Message.state == "pending", Message.next_attempt_at <= now, ~blocked)
            .order_by(Message.next_attempt_at)
            .limit(limit)
        )
    )


def make_due(session: Session, *, reasons: Sequence[str], now: datetime) -> int:
    """Make every message due now that waits for one of these reasons; returns how many."""
    result = session.execute(
        update(Message)
        .where(Message.state == "pending", Message.last_error.in_(reasons), Message.next_attempt_at > now)
        .values(next_attempt_at=now)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return len(result.all())


def pending_count(session: Session) -> int:
    """Return how many messages wait for an answer."""
    return session.scalar(select(func.count()).select_from(Message).where(Message.state == "pending")) or 0

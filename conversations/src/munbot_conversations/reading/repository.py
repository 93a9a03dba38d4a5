"""Statements on reading positions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages.models import Message
from munbot_conversations.reading.models import ReadPosition


def place(
    session: Session, *, tenant: str, agent_id: UUID, conversation_id: UUID, seq: int, back: bool, now: datetime
) -> None:
    """Note how far an official has read; backwards only when `back` says so.

    One statement, and so one look at the conversation: a message that arrives meanwhile is either counted on both
    sides or on neither.
    """
    later = (
        select(func.count())
        .select_from(Message)
        .where(Message.conversation_id == conversation_id, Message.direction == "in", Message.seq > seq)
        .scalar_subquery()
    )
    found = select(
        Conversation.tenant_id,
        Conversation.id,
        literal(agent_id, ReadPosition.agent_id.type),
        func.least(seq, Conversation.last_seq),
        Conversation.inbound_count - later,
        literal(now, ReadPosition.updated_at.type),
    ).where(Conversation.id == conversation_id, Conversation.tenant_id == tenant)
    columns = ("tenant_id", "conversation_id", "agent_id", "seq", "inbound_seen", "updated_at")
    statement = insert(ReadPosition).from_select(columns, found)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ReadPosition.agent_id, ReadPosition.conversation_id],
            set_={name: statement.excluded[name] for name in ("seq", "inbound_seen", "updated_at")},
            where=None if back else ReadPosition.seq < statement.excluded.seq,
        )
    )


def of(session: Session, agent_id: UUID, conversation_id: UUID) -> tuple[int, int]:
    """Return how far an official has read, and how many of the citizen's messages they have not."""
    row = session.execute(
        select(ReadPosition.seq, Conversation.inbound_count - ReadPosition.inbound_seen)
        .join(Conversation, Conversation.id == ReadPosition.conversation_id)
        .where(ReadPosition.agent_id == agent_id, ReadPosition.conversation_id == conversation_id)
    ).one()
    return row[0], row[1]

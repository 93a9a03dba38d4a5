"""Tables of facts that figures are made from; written as things happen, so that nothing has to be dug up."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class Visit(Base):
    """A citizen came to talk: their first message, and each one after a long silence. What figures call a conversation.

    `person_at`: when a person was asked for, or took over, for the first time in it.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_started", "tenant_id", "started_at"),
        Index("ix_visits_conversation", "conversation_id", "started_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    person_at: Mapped[datetime | None]


class Handoff(Base):
    """A person's turn in a conversation, from the asking (or the taking) to the end.

    `asked`: the citizen or the bot asked for a person; else an official took over unasked.
    """

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("ix_handoffs_requested", "tenant_id", "requested_at"),
        Index("uq_handoffs_open", "conversation_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_handoffs_conversation", "conversation_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    asked: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(100))
    requested_at: Mapped[datetime]
    agent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agents.id"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

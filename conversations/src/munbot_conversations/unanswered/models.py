"""Tables of unanswered questions."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base
from munbot_conversations.unanswered.rules import QUESTION_LIMIT


class UnansweredQuestion(Base):
    """A question that the bot could not answer (`unknown`) or answered badly (`unhelpful`), counted over all askers."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "normalised"),
        CheckConstraint("kind IN ('unknown', 'unhelpful')", name="kind"),
        CheckConstraint("status IN ('open', 'answered', 'dismissed')", name="status"),
        Index("ix_unanswered_questions_count", "tenant_id", "status", "count", "id"),
        Index("ix_unanswered_questions_recent", "tenant_id", "status", "last_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str] = mapped_column(String(10), server_default="unknown")
    normalised: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(String(QUESTION_LIMIT))
    samples: Mapped[list[str]] = mapped_column(ARRAY(String(QUESTION_LIMIT)), server_default="{}")
    intent: Mapped[str | None] = mapped_column(String(80))
    confidence: Mapped[float | None]
    count: Mapped[int] = mapped_column(server_default="0")
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"))
    status: Mapped[str] = mapped_column(String(10), server_default="open")
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_at: Mapped[datetime | None]


class UnansweredOccurrence(Base):
    """One message that is counted in a question: never twice, and it can be taken back."""

    __tablename__ = "unanswered_occurrences"
    __table_args__ = (Index("ix_unanswered_occurrences_at", "tenant_id", "at"),)

    question_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("unanswered_questions.id", ondelete="CASCADE"), primary_key=True
    )
    message_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())

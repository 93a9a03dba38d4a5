"""Table of unanswered questions."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class UnansweredQuestion(Base):
    """A question the bot could not answer, counted over all who asked it."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "normalised"),
        CheckConstraint("status IN ('open', 'resolved', 'ignored')", name="status"),
        Index("ix_unanswered_questions_count", "tenant_id", "status", "count", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    normalised: Mapped[str] = mapped_column(String(300))
    question: Mapped[str] = mapped_column(String(500))
    intent: Mapped[str | None] = mapped_column(String(80))
    confidence: Mapped[float | None]
    count: Mapped[int] = mapped_column(server_default="1")
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversations.id"))
    status: Mapped[str] = mapped_column(String(10), server_default="open")
    first_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())

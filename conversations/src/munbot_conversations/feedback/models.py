"""Table of ratings."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class MessageFeedback(Base):
    """What was last said of one message of the bot; whoever says it again changes it."""

    __tablename__ = "message_feedback"
    __table_args__ = (
        CheckConstraint("value IN ('up', 'down')", name="value"),
        Index("ix_message_feedback_recent", "tenant_id", "updated_at"),
    )

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    value: Mapped[str] = mapped_column(String(4))
    comment: Mapped[str | None] = mapped_column(String(1000))
    rated_by: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

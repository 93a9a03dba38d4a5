"""Table of notes."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base

NOTE_LIMIT = 4_000


class Note(Base):
    """A note of an official. Never a message: nothing that reads messages can send or show it to a citizen."""

    __tablename__ = "conversation_notes"
    __table_args__ = (Index("ix_conversation_notes_conversation", "conversation_id", "id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    agent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agents.id"))
    text: Mapped[str] = mapped_column(String(NOTE_LIMIT))
    after_seq: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

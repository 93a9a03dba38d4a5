"""Table of reading positions."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class ReadPosition(Base):
    """How far an official has read a conversation: the position, and how many of the citizen's messages lie before it.

    With the second, what is unread is a subtraction (`Conversation.inbound_count`), and no list counts messages.
    """

    __tablename__ = "read_positions"

    agent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True, index=True)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    seq: Mapped[int]
    inbound_seen: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

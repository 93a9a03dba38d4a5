"""Table of messages."""

import uuid
from datetime import datetime
from typing import Any

from munbot_common.ids import uuid7
from munbot_contracts.messages import KnowledgeAnswer
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from munbot_conversations.base import Base
from munbot_conversations.feedback.models import MessageFeedback
from munbot_conversations.messages.rules import answer_in


class Message(Base):
    """One message. Inbound rows carry their turn's state; outbound rows are facts.

    States: `pending` (to be answered), `handled` (answered, joined to a later one, silenced or left to a person),
    `discarded` (Rasa was asked, but a person took over before its replies could leave).
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("tenant_id", "channel", "account", "provider_message_id"),
        UniqueConstraint("conversation_id", "seq"),
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("sender_type IN ('citizen', 'bot', 'agent', 'system')", name="sender_type"),
        CheckConstraint("(direction = 'in') = (sender_type = 'citizen')", name="direction_sender"),
        CheckConstraint("state IN ('pending', 'handled', 'discarded')", name="state"),
        CheckConstraint("direction = 'in' OR state = 'handled'", name="outbound_handled"),
        CheckConstraint("char_length(text) <= 20000", name="text_length"),
        Index("ix_messages_pending", "conversation_id", "seq", postgresql_where=text("state = 'pending'")),
        Index("ix_messages_due", "next_attempt_at", postgresql_where=text("state = 'pending'")),
        Index("ix_messages_in_reply_to", "in_reply_to", postgresql_where=text("in_reply_to IS NOT NULL")),
        Index("ix_messages_joined_into", "joined_into", postgresql_where=text("joined_into IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(100))
    provider_message_id: Mapped[str | None] = mapped_column(String(300))
    direction: Mapped[str] = mapped_column(String(3))
    sender_type: Mapped[str] = mapped_column(String(10))
    agent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agents.id"))
    kind: Mapped[str] = mapped_column(String(20), server_default="text")
    text: Mapped[str] = mapped_column(Text, server_default="")
    payload: Mapped[str | None] = mapped_column(Text)
    buttons: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB)
    media: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    media_pending: Mapped[bool] = mapped_column(server_default=false())
    media_problem: Mapped[str | None] = mapped_column(String(20))
    transcript: Mapped[str | None] = mapped_column(Text)
    transcript_confidence: Mapped[float | None]
    location: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    opt: Mapped[str | None] = mapped_column(String(3))
    custom: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(10))
    outcome: Mapped[str | None] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(40))
    session_number: Mapped[int] = mapped_column(server_default="1")
    in_reply_to: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))
    joined_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("messages.id"))
    turn_index: Mapped[int] = mapped_column(server_default="0")
    turn_count: Mapped[int] = mapped_column(server_default="1")
    delivery_status: Mapped[str | None] = mapped_column(String(10))
    delivery_error: Mapped[str | None] = mapped_column(String(100))
    correlation_id: Mapped[str] = mapped_column(String(128), server_default="")
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    handled_at: Mapped[datetime | None]

    rating: Mapped[MessageFeedback | None] = relationship(lazy="joined", viewonly=True)

    @property
    def words(self) -> str:
        """What was said, written or spoken."""
        return self.text or self.transcript or ""

    @property
    def answer(self) -> KnowledgeAnswer | None:
        """What the message owes to the office's documents."""
        return answer_in(self.custom)

    @property
    def feedback(self) -> str | None:
        """What was last said of it: `up`, `down` or nothing."""
        return self.rating.value if self.rating else None

"""Table of conversations."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class Conversation(Base):
    """What one citizen and the office say to each other on one channel.

    `version` grows whenever the right to speak changes hands; a reply computed under an older one is discarded.
    `last_seq` is the position of the newest message; whoever adds one holds this row's lock.
    `inbound_count` is how many of them are the citizen's; what an official has not read is counted with it.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("mode IN ('bot', 'human')", name="mode"),
        CheckConstraint("mode = 'bot' OR human_until IS NOT NULL", name="human_ends"),
        Index(
            "uq_conversations_live",
            "contact_id",
            "channel",
            "account",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_conversations_recent", "tenant_id", "last_message_at", "id"),
        Index("ix_conversations_status_recent", "tenant_id", "status", "last_message_at", "id"),
        Index(
            "ix_conversations_waiting",
            "tenant_id",
            "last_message_at",
            "id",
            postgresql_where=text("waiting_since IS NOT NULL"),
        ),
        Index(
            "ix_conversations_human",
            "tenant_id",
            "last_message_at",
            "id",
            postgresql_where=text("mode = 'human'"),
        ),
        Index("ix_conversations_assigned", "assigned_agent_id", "last_message_at", "id"),
        Index("ix_conversations_human_until", "human_until", postgresql_where=text("mode = 'human'")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), server_default="open")
    mode: Mapped[str] = mapped_column(String(10), server_default="bot")
    version: Mapped[int] = mapped_column(server_default="1")
    session_number: Mapped[int] = mapped_column(server_default="1")
    last_seq: Mapped[int] = mapped_column(server_default="0")
    inbound_count: Mapped[int] = mapped_column(server_default="0")
    human_until: Mapped[datetime | None]
    human_minutes: Mapped[int | None]
    assigned_agent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agents.id"))
    waiting_since: Mapped[datetime | None]
    handoff_reason: Mapped[str | None] = mapped_column(String(100))
    handoff_summary: Mapped[str | None] = mapped_column(String(2000))
    summary: Mapped[str | None] = mapped_column(String(600))
    summary_job_id: Mapped[uuid.UUID | None]
    outage_told_at: Mapped[datetime | None]
    last_message_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_inbound_at: Mapped[datetime | None]
    last_text: Mapped[str] = mapped_column(String(160), server_default="")
    last_sender: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]

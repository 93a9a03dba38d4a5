"""Tables of what is sent: a delivery is one bubble of ours; its parts are messages as WhatsApp knows them."""

import uuid
from datetime import datetime
from typing import Any

from munbot_common.ids import uuid7
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_whatsapp.base import Base


class Delivery(Base):
    """One message of ours to one citizen; `id` is its message id everywhere, so that a repeated event adds nothing."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["account_id", "address"], ["citizens.account_id", "citizens.address"]),
        CheckConstraint("origin IN ('conversation', 'office')", name="origin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(60), index=True)
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"))
    address: Mapped[str] = mapped_column(String(120))
    conversation_id: Mapped[uuid.UUID | None]
    origin: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(String(10), server_default="queued")
    error_code: Mapped[str | None] = mapped_column(String(80))
    correlation_id: Mapped[str] = mapped_column(String(128), server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Part(Base):
    """One message at the provider, in the order in which they are sent to a citizen (`position`).

    States: `queued`; `sending` (the provider may have it: a status with our reference tells, else it is sent again
    after a grace); `sent`; `failed`; `dropped`.
    """

    __tablename__ = "parts"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number"),
        UniqueConstraint("account_id", "provider_message_id"),
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'dropped')", name="state"),
        Index(
            "ix_parts_open",
            "account_id",
            "address",
            "position",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"))
    number: Mapped[int]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id"))
    address: Mapped[str] = mapped_column(String(120))
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(String(10), server_default="queued")
    status: Mapped[str] = mapped_column(String(10), server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    provider_message_id: Mapped[str | None] = mapped_column(String(300))
    error_code: Mapped[str | None] = mapped_column(String(80))
    sending_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

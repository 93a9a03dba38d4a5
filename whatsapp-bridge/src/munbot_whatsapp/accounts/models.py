"""Table of the offices' numbers."""

import uuid
from datetime import datetime
from typing import Any

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, LargeBinary, String, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_whatsapp.base import Base

PROVIDERS = ("meta", "evolution", "ycloud", "twilio")


class AccountRow(Base):
    """One number at one provider.

    `paused_until`: the provider limits the whole account. `stopped_reason`: credentials or rights are bad; nothing is
    sent until an official saves the account anew.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("provider", "provider_ref"),
        CheckConstraint("provider IN ('meta', 'evolution', 'ycloud', 'twilio')", name="provider"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(String(60), index=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    provider: Mapped[str] = mapped_column(String(20))
    provider_ref: Mapped[str] = mapped_column(String(120))
    base_url: Mapped[str] = mapped_column(String(300))
    credentials: Mapped[bytes] = mapped_column(LargeBinary)
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    active: Mapped[bool] = mapped_column(server_default="true")
    paused_until: Mapped[datetime | None]
    stopped_reason: Mapped[str | None] = mapped_column(String(80))
    last_inbound_at: Mapped[datetime | None]
    last_sent_at: Mapped[datetime | None]
    last_error_code: Mapped[str | None] = mapped_column(String(80))
    last_error_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

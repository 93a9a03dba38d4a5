"""Who of the office is told, what the digest tells, and the office's own rules."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_notifications.base import Base


class Official(Base):
    """A mailbox or channel of the office.

    Attributes:
        unit: of the complaints or appointments that it hears of; empty: of all.
        channel: `email` or `apprise`.
        address: encrypted, as an apprise URL holds its own password; `address_hash` tells two apart.
        topics: what it hears of.
    """

    __tablename__ = "officials"
    __table_args__ = (UniqueConstraint("tenant_id", "unit", "channel", "address_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(server_default="")
    channel: Mapped[str]
    address: Mapped[str]
    address_hash: Mapped[str]
    topics: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DigestItem(Base):
    """One thing that the next digest tells; no personal data."""

    __tablename__ = "digest_items"
    __table_args__ = (Index("ix_digest_items_at", "tenant_id", "at"),)

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class OfficeRules(Base):
    """A municipality's own hours; where there is no row, the settings of the platform hold."""

    __tablename__ = "office_rules"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    digest_at: Mapped[time]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

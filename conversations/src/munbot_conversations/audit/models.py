"""Table of the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class AuditEntry(Base):
    """One action of an official, a service or a citizen, here or in another service. Rows are only ever added.

    `hash` covers the entry and the hash of the tenant's entry before it (`audit.rules`), so that no entry can be
    changed, taken out or put in without breaking all that follow. A tenant need not be known here: what other services
    tell of is kept, whoever's it is.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_recent", "tenant_id", "id"),
        Index("ix_audit_log_object", "tenant_id", "object_type", "object_id"),
        Index("ix_audit_log_actor", "tenant_id", "actor", "id"),
        Index("ix_audit_log_action", "tenant_id", "action", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str] = mapped_column(String(100))
    actor_role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[str] = mapped_column(String(100))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    correlation_id: Mapped[str] = mapped_column(String(128), server_default="")
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of a tenant's chain. Whoever adds an entry holds this row until their commit."""

    __tablename__ = "audit_heads"

    tenant_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    entries: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    hash: Mapped[str] = mapped_column(String(64), server_default="")

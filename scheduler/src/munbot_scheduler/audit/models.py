"""The append-only trail of changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_scheduler.base import Base
from munbot_scheduler.catalogue.models import TIMESTAMPTZ


class AuditEntry(Base):
    """One change. A trigger refuses UPDATE and DELETE, so `before` and `after` hold no personal data."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_object", "tenant_id", "object_type", "object_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    actor: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    object_type: Mapped[str] = mapped_column(Text)
    object_id: Mapped[UUID]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    correlation_id: Mapped[str] = mapped_column(Text, server_default="")

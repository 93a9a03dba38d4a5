"""A municipality's own templates, every version of them."""

from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_notifications.base import Base


class TemplateVersion(Base):
    """One version; the highest one is in use. Where `subject` is None the built-in one is in use again."""

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("tenant_id", "name", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    html: Mapped[str | None]
    short: Mapped[str | None]
    author: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""Table of municipalities."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class Tenant(Base):
    """A municipality. `id` is the slug that every other table carries as `tenant_id`."""

    __tablename__ = "tenants"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{1,62}$'", name="slug"),
        CheckConstraint("takeover_minutes BETWEEN 1 AND 43200", name="takeover_minutes"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))
    timezone: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16), server_default="es-CL")
    colors: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    greeting: Mapped[str] = mapped_column(String(1000), server_default="")
    address: Mapped[str] = mapped_column(String(300), server_default="")
    phone: Mapped[str] = mapped_column(String(40), server_default="")
    attention_hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    holidays_country: Mapped[str | None] = mapped_column(String(2))
    takeover_minutes: Mapped[int] = mapped_column(server_default="1440")
    active: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

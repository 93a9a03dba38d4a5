"""Table of officials."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class Agent(Base):
    """An official with a login. E-mails are kept in lower case."""

    __tablename__ = "agents"
    __table_args__ = (
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("role IN ('admin', 'agent', 'viewer')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(server_default="true")
    session_version: Mapped[int] = mapped_column(server_default="0")
    """Tokens of another version are worth nothing: a new password, or a switched-off account, ends all sessions."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

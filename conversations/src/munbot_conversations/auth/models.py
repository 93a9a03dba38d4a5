"""Table of failed logins."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class LoginFailures(Base):
    """Failures in a row for one name, whether it exists or not: a lockout must not tell which names exist."""

    __tablename__ = "login_failures"

    tenant_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    failures: Mapped[int] = mapped_column(server_default="0")
    locked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)

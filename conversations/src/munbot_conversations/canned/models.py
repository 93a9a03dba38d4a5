"""Table of canned answers."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import ForeignKey, String, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base

TITLE_LIMIT = 80
TEXT_LIMIT = 4_000


class CannedAnswer(Base):
    """An answer that officials use often. `title_key` is its title without case and accents."""

    __tablename__ = "canned_answers"
    __table_args__ = (UniqueConstraint("tenant_id", "title_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    title: Mapped[str] = mapped_column(String(TITLE_LIMIT))
    title_key: Mapped[str] = mapped_column(String(4 * TITLE_LIMIT))
    text: Mapped[str] = mapped_column(String(TEXT_LIMIT))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

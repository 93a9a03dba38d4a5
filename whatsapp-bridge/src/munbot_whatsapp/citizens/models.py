"""Table of whom we write with, and of whose turn it is to be written to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_whatsapp.base import Base


class Citizen(Base):
    """One citizen at one account: a lane, in which one message goes out at a time.

    Attributes:
        last_inbound_at: opens the provider's 24-hour window.
        opted_out_at: since when the citizen does not want messages that the office begins.
        menu: the options last sent as a numbered text, where buttons cannot be shown; see `deliveries.menus`.
        due_at: when a sender may look at the lane; None when nothing waits to be sent. In the future while a sender
            has it (`lease_token`), while its next message waits for a try, and while the provider limits the citizen.
        lease_token: of the sender that has the lane; it moves `due_at` on for as long as it lives.
    """

    __tablename__ = "citizens"
    __table_args__ = (Index("ix_citizens_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),)

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(120), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    last_inbound_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    menu: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    due_at: Mapped[datetime | None]
    lease_token: Mapped[uuid.UUID | None]

"""Table of whom we write with, and of whose turn it is to be written to."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from munbot_whatsapp.base import Base


class Citizen(Base):
    """One citizen at one account: a lane, in which one message goes out at a time.

    Attributes:
        last_inbound_at: opens the provider's 24-hour window.
        opted_out_at: since when the citizen does not want messages that the office begins.
        menu: the numbered options last sent as text, `[{"title": …, "payload": …}]`, where buttons cannot be shown.
        blocked_until: the provider limits messages to this citizen, or a message waits for its next try.
        lease_token, leased_until: the sender that has the lane now.
    """

    __tablename__ = "citizens"

    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(String(120), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(String(60))
    name: Mapped[str | None] = mapped_column(String(200))
    last_inbound_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    menu: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    blocked_until: Mapped[datetime | None]
    lease_token: Mapped[uuid.UUID | None]
    leased_until: Mapped[datetime | None]

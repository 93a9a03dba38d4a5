"""What people want: channels in their order, and addresses that must not be written to."""

from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_notifications.base import Base


class Preference(Base):
    """In which order one person wants to be reached. `id` is what the audit log calls it: the key says who it is."""

    __tablename__ = "preferences"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    contact_key: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    channels: Mapped[list[str]]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OptOut(Base):
    """An address that is not written to: its owner does not want it (`opted_out`), or it does not exist (`bounced`)."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("tenant_id", "channel", "address"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str]
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

"""Tables of citizens and their addresses."""

import uuid
from datetime import datetime

from munbot_common.ids import uuid7
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_conversations.base import Base


class Contact(Base):
    """A citizen, possibly reachable by several addresses."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
        Index("ix_contacts_rut", "tenant_id", "rut", postgresql_where=text("rut IS NOT NULL")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    rut: Mapped[str | None] = mapped_column(String(12))
    email: Mapped[str | None] = mapped_column(String(254))
    search: Mapped[str] = mapped_column(String(600), server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ContactAddress(Base):
    """How one channel's account reaches a contact: a web session id, a WhatsApp number."""

    __tablename__ = "contact_addresses"
    __table_args__ = (UniqueConstraint("tenant_id", "channel", "account", "address"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    contact_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contacts.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    account: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(String(200))

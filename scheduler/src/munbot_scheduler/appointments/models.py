"""The table of appointments."""

from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from munbot_scheduler.base import Base
from munbot_scheduler.catalogue.models import TIMESTAMPTZ, Office, Procedure


class Appointment(Base):
    """An hour (hora) that somebody has, had, or gave up.

    `live` is true while it stands in the way of another booking of the same person and procedure.
    `token` opens the secret link. It is kept as it is, because every later message repeats the link and because
    whoever reads this table already reads what the link protects.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("status IN ('booked', 'confirmed', 'cancelled', 'attended', 'no_show')", name="status"),
        CheckConstraint("NOT live OR status IN ('booked', 'confirmed')", name="live"),
        CheckConstraint("starts_at < ends_at", name="times"),
        Index(
            "uq_appointments_one_live",
            "tenant_id",
            "rut",
            "procedure_id",
            unique=True,
            postgresql_where=text("live"),
        ),
        Index("ix_appointments_agenda", "tenant_id", "starts_at", "id"),
        Index("ix_appointments_office", "tenant_id", "office_id", "starts_at"),
        Index("ix_appointments_rut", "tenant_id", "rut"),
        Index("ix_appointments_created", "tenant_id", "created_at"),
        Index("ix_appointments_conversation", "tenant_id", "conversation_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text, unique=True)
    token: Mapped[str] = mapped_column(Text)
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    status: Mapped[str] = mapped_column(Text)
    live: Mapped[bool]
    rut: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    conversation_id: Mapped[UUID | None]
    notes: Mapped[str] = mapped_column(Text, server_default="")
    reason: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    updated_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)

    procedure: Mapped[Procedure] = relationship(lazy="raise")
    office: Mapped[Office] = relationship(lazy="raise")

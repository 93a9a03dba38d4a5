"""Tables of procedures, offices and the tenant's booking policy."""

from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from munbot_scheduler.base import Base

TIMESTAMPTZ = TIMESTAMP(timezone=True)


class TenantPolicy(Base):
    """How a tenant takes bookings; a tenant without a row has the defaults of the settings."""

    __tablename__ = "tenant_policies"

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    timezone: Mapped[str] = mapped_column(Text)
    min_notice_minutes: Mapped[int]
    horizon_days: Mapped[int]
    hold_minutes: Mapped[int]
    reminder_hours: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=text("'{48,24}'"))
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)


class Procedure(Base):
    """A procedure (trámite) that people book hours for."""

    __tablename__ = "procedures"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    synonyms: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    description: Mapped[str] = mapped_column(Text, server_default="")
    duration_minutes: Mapped[int]
    required_papers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    price_text: Mapped[str] = mapped_column(Text, server_default="")
    min_notice_minutes: Mapped[int | None]
    horizon_days: Mapped[int | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ, server_default=func.now())


class Office(Base):
    """A place with opening hours, in its own time zone."""

    __tablename__ = "offices"
    __table_args__ = (UniqueConstraint("tenant_id", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, server_default="")
    phone: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    created_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ, server_default=func.now())


class OfficeProcedure(Base):
    """Which office attends which procedure."""

    __tablename__ = "office_procedures"
    __table_args__ = (Index(None, "procedure_id"),)

    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id", ondelete="CASCADE"), primary_key=True)
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id", ondelete="CASCADE"), primary_key=True)
    tenant_id: Mapped[str] = mapped_column(Text)


class AgendaVersion(Base):
    """Grows with every change of a tenant's procedures, offices, hours or policy; triggers count."""

    __tablename__ = "agenda_versions"

    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)

"""Tables of opening rules, exceptions and taken seats."""

from datetime import date, datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from munbot_scheduler.base import Base
from munbot_scheduler.catalogue.models import TIMESTAMPTZ


class OpeningRule(Base):
    """One weekly opening of an office, in wall-clock minutes. Two rules never cover the same minute."""

    __tablename__ = "opening_rules"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="minutes"),
        CheckConstraint("capacity > 0", name="capacity"),
        CheckConstraint("step BETWEEN 5 AND 240", name="step"),
        CheckConstraint("valid_from IS NULL OR valid_until IS NULL OR valid_from <= valid_until", name="validity"),
        ExcludeConstraint(
            ("office_id", "="),
            ("weekday", "="),
            (text("int4range(opens, closes)"), "&&"),
            (text("daterange(valid_from, valid_until, '[]')"), "&&"),
            name="opening_rules_no_overlap",
            using="gist",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]
    step: Mapped[int] = mapped_column(server_default=text("15"), default=15)
    capacity: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)


class OpeningException(Base):
    """A closure or an extra opening, of one office or (office_id null) of the whole tenant."""

    __tablename__ = "opening_exceptions"
    __table_args__ = (
        CheckConstraint("kind IN ('closed', 'open')", name="kind"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND "
            "(opens IS NULL OR (0 <= opens AND opens < closes AND closes <= 1440))",
            name="minutes",
        ),
        CheckConstraint("kind = 'closed' OR (opens IS NOT NULL AND office_id IS NOT NULL)", name="opening_is_complete"),
        CheckConstraint("capacity > 0", name="capacity"),
        Index(None, "tenant_id", "last_day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID | None] = mapped_column(ForeignKey("offices.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    step: Mapped[int] = mapped_column(server_default=text("15"), default=15)
    capacity: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    reason: Mapped[str] = mapped_column(Text, server_default="")
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)


class Seat(Base):
    """One taken place of an office for some time: a hold (it expires) or a live appointment's.

    Rows live only as long as the place is taken. The exclusion constraint is the promise that nothing is booked
    twice: seat 1..capacity of an office cannot be taken twice at one moment, whatever the procedures' durations.
    """

    __tablename__ = "seats"
    __table_args__ = (
        CheckConstraint("seat_no > 0", name="seat_no"),
        CheckConstraint("starts_at < ends_at", name="times"),
        CheckConstraint("(appointment_id IS NULL) <> (expires_at IS NULL)", name="hold_or_appointment"),
        ExcludeConstraint(
            ("office_id", "="),
            ("seat_no", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="seats_no_double_booking",
            using="gist",
        ),
        # deferred, like the foreign key: the seat is taken before its appointment exists, and a move takes the new
        # seat before it gives back the old one
        UniqueConstraint("appointment_id", deferrable=True, initially="DEFERRED"),
        Index("ix_seats_office_id_starts_at", "office_id", "starts_at"),
        Index("ix_seats_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
        Index("ix_seats_holder", "tenant_id", "holder", postgresql_where=text("appointment_id IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    office_id: Mapped[UUID] = mapped_column(ForeignKey("offices.id"))
    procedure_id: Mapped[UUID] = mapped_column(ForeignKey("procedures.id"))
    seat_no: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    appointment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("appointments.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
    )
    holder: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(TIMESTAMPTZ)
    created_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ, server_default=func.now())

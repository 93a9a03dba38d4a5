"""The table of reminders."""

from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_scheduler.base import Base
from munbot_scheduler.catalogue.models import TIMESTAMPTZ


class Reminder(Base):
    """One reminder of one appointment at one time.

    It is pending while `outcome` is empty. One that was sent stays until its time is over, so that no second one can
    be made for the same appointment, hours and start: the unique constraint keeps the promise of one.
    `skipped` ones came too late: the appointment had begun, or a nearer reminder was due as well.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("appointment_id", "hours_before", "starts_at"),
        CheckConstraint("hours_before > 0", name="hours_before"),
        CheckConstraint("outcome IN ('sent', 'skipped')", name="outcome"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", name="settled"),
        Index("ix_reminders_due", "due_at", postgresql_where=text("outcome IS NULL")),
        Index("ix_reminders_starts_at", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str] = mapped_column(Text)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    hours_before: Mapped[int]
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    due_at: Mapped[datetime] = mapped_column(TIMESTAMPTZ)
    outcome: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(TIMESTAMPTZ)

"""Notifications, and each attempt to hand one over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_notifications.base import Base


class Notification(Base):
    """One thing to be told to one recipient.

    Attributes:
        source: `event`, `api` or `digest`.
        event_id: what it is about, so that it is told once; None where an API call asked for it.
        recipient_key: the recipient, in a form that two events give alike.
        purpose: the template's name.
        route: where it may go, in order: `[{channel, address}]`; `position` is where it is now.
        data: what the template is filled with.
        state: `queued`, `sending`, `sent`, `failed` (given up: a dead letter), `suppressed` (nobody to tell),
            `expired` (it would come too late), `discarded` (by an official).
        due_at: not before, for the first attempt.
        next_at: not before, for the next attempt.
        expires_at: of no use after this moment.
        channel: where it is in its route; None where nobody can be told.
        channel_since: since when it tries this channel.
        claim: token of the worker that sends it now; it holds until `next_at`, then another one takes it.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        Index(
            "uq_notifications_once",
            "tenant_id",
            "event_id",
            "recipient_key",
            "purpose",
            unique=True,
            postgresql_where=text("event_id IS NOT NULL"),
        ),
        Index("ix_notifications_queued", "next_at", postgresql_where=text("state IN ('queued', 'sending')")),
        Index("ix_notifications_tenant", "tenant_id", "id"),
        Index("ix_notifications_state", "tenant_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    source: Mapped[str]
    event_id: Mapped[UUID | None]
    subject_id: Mapped[str | None]
    conversation_id: Mapped[UUID | None]
    audience: Mapped[str]
    recipient_key: Mapped[str]
    purpose: Mapped[str]
    data: Mapped[dict[str, Any]]
    route: Mapped[list[dict[str, Any]]]
    position: Mapped[int] = mapped_column(server_default="0")
    channel: Mapped[str | None]
    channel_since: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="queued")
    reason: Mapped[str | None]
    due_at: Mapped[datetime]
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    claim: Mapped[UUID | None]
    correlation_id: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class Attempt(Base):
    """One attempt on one channel; `outcome` stays empty where the worker died in the middle of it."""

    __tablename__ = "attempts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notifications.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str]
    address: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    code: Mapped[str | None]
    template_version: Mapped[int | None]
    provider_id: Mapped[str | None]

"""Tables of subscriptions, of the messages that they get, and of every attempt."""

from datetime import datetime
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from munbot_notifications.base import Base


class Webhook(Base):
    """A subscription: where some types of events of a tenant are sent.

    Attributes:
        secret: sealed; what messages are signed with.
        old_secret: sealed; signs beside the new one until `old_secret_until`.
        thin: messages say what happened to which thing, and nothing more.
        disabled_reason: `by_hand`, `failing` or `gone` (the receiver answered 410); empty while it works.
        failing_since: first failure since the last success.
        rest_until: after a failure it is left in peace for a while.
        busy_until: a worker is sending to it, one at a time, with `busy_token`; whoever dies lets go by then.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("disabled_reason IN ('by_hand', 'failing', 'gone')", name="disabled_reason"),
        CheckConstraint("(old_secret IS NULL) = (old_secret_until IS NULL)", name="old_secret"),
        Index("ix_webhooks_tenant_id", "tenant_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    event_types: Mapped[list[str]]
    thin: Mapped[bool]
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    disabled_reason: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    failing_since: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    busy_until: Mapped[datetime | None]
    busy_token: Mapped[UUID | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookMessage(Base):
    """An event that somebody has subscribed to, once, whatever the number of subscriptions. Holds personal data."""

    __tablename__ = "webhook_messages"
    __table_args__ = (Index("ix_webhook_messages_created_at", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[str]
    event_type: Mapped[str]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class WebhookDelivery(Base):
    """One message for one subscription: `pending`, `delivered`, or `failed` when there is no hope left."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "message_id"),
        CheckConstraint("state IN ('pending', 'delivered', 'failed')", name="state"),
        Index("ix_webhook_deliveries_due", "webhook_id", "next_at", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_webhook_deliveries_log", "webhook_id", "id"),
        Index("ix_webhook_deliveries_message_id", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    tenant_id: Mapped[str]
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    message_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_messages.id", ondelete="CASCADE"))
    event_type: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    next_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_status: Mapped[int | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One attempt to hand a message over; what the receiver says in its body is not kept."""

    __tablename__ = "webhook_attempts"
    __table_args__ = (Index("ix_webhook_attempts_delivery_id", "delivery_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]

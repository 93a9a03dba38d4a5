"""Queries of the worker: what is due, and for whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_notifications.webhooks.models import Webhook, WebhookDelivery, WebhookMessage

BATCH = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """A receiver that is this worker's for a while, and what is due for it, oldest first."""

    webhook_id: UUID
    token: UUID
    due: Sequence[tuple[UUID, WebhookMessage]]


def working(session: Session, tenants: Collection[str]) -> Sequence[Webhook]:
    """Return the subscriptions of some tenants that work."""
    if not tenants:
        return []
    query = select(Webhook).where(Webhook.tenant_id.in_(tenants), Webhook.disabled_reason.is_(None))
    return session.scalars(query).all()


def enqueue(
    session: Session, message: WebhookMessage, webhook_ids: Iterable[UUID], *, expires_at: datetime
) -> list[UUID]:
    """Add a message and a delivery for each subscription; returns the deliveries."""
    session.add(message)
    session.flush()
    rows = [
        {
            "id": uuid7(),
            "tenant_id": message.tenant_id,
            "webhook_id": webhook_id,
            "message_id": message.id,
            "event_type": message.event_type,
            "state": "pending",
            "next_at": message.created_at,
            "expires_at": expires_at,
            "created_at": message.created_at,
        }
        for webhook_id in webhook_ids
    ]
    session.execute(pg_insert(WebhookDelivery).values(rows))
    return [row["id"] for row in rows if isinstance(row["id"], UUID)]


def claim(session: Session, now: datetime, lease: timedelta) -> Claim | None:
    """Take the receiver that has waited longest, for as long as `lease`; None when nothing is due."""
    due = (
        select(WebhookDelivery.id)
        .where(
            WebhookDelivery.webhook_id == Webhook.id, WebhookDelivery.state == "pending", WebhookDelivery.next_at <= now
        )
        .exists()
    )
    webhook = session.scalar(
        select(Webhook)
        .where(
            Webhook.disabled_reason.is_(None),
            or_(Webhook.busy_until.is_(None), Webhook.busy_until <= now),
            or_(Webhook.rest_until.is_(None), Webhook.rest_until <= now),
            due,
        )
        .order_by(Webhook.busy_until.asc().nulls_first())
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if webhook is None:
        return None
    webhook.busy_token, webhook.busy_until = uuid7(), now + lease
    rows = session.execute(
        select(WebhookDelivery.id, WebhookMessage)
        .join(WebhookMessage, WebhookMessage.id == WebhookDelivery.message_id)
        .where(
            WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.state == "pending", WebhookDelivery.next_at <= now
        )
        .order_by(WebhookDelivery.next_at, WebhookDelivery.id)
        .limit(BATCH)
    )
    return Claim(webhook.id, webhook.busy_token, [(row[0], row[1]) for row in rows])


def extend(session: Session, held: Claim, until: datetime) -> Webhook | None:
    """Hold a receiver for longer, and return it as it is now; None when it is another's, or was switched off."""
    return session.scalar(
        update(Webhook)
        .where(Webhook.id == held.webhook_id, Webhook.busy_token == held.token, Webhook.disabled_reason.is_(None))
        .values(busy_until=until)
        .returning(Webhook)
    )


def release(session: Session, held: Claim, now: datetime) -> None:
    """Let a receiver go; the moment says who waits longest."""
    session.execute(
        update(Webhook)
        .where(Webhook.id == held.webhook_id, Webhook.busy_token == held.token)
        .values(busy_token=None, busy_until=now)
    )


def hasten(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Try everything that waits at once: the receiver works again."""
    session.execute(
        update(WebhookDelivery)
        .where(
            WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "pending", WebhookDelivery.next_at > now
        )
        .values(next_at=now)
    )


def give_up_pending(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Nothing more is sent to a subscription that was switched off; its deliveries can be sent again later."""
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "pending")
        .values(state="failed", last_error="disabled", settled_at=now)
    )


def purge(session: Session, before: datetime) -> None:
    """Forget messages of long ago with their deliveries and attempts."""
    session.execute(delete(WebhookMessage).where(WebhookMessage.created_at < before))

"""Queries about webhooks as their administrators see them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from munbot_notifications.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookMessage


def of_tenant(session: Session, tenant: str) -> Sequence[Webhook]:
    """Return a tenant's subscriptions, oldest first."""
    return session.scalars(select(Webhook).where(Webhook.tenant_id == tenant).order_by(Webhook.id)).all()


def one(session: Session, tenant: str, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    """Return a subscription of the tenant; locked until the commit on request."""
    query = select(Webhook).where(Webhook.tenant_id == tenant, Webhook.id == webhook_id)
    return session.scalar(query.with_for_update() if lock else query)


def counts(session: Session, webhook_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return how many deliveries of each subscription are in each state."""
    rows = session.execute(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count())
        .where(WebhookDelivery.webhook_id.in_(webhook_ids))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for webhook_id, state, number in rows:
        found.setdefault(webhook_id, {})[state] = number
    return found


def lock_tenant(session: Session, tenant: str) -> None:
    """Let one request at a time add subscriptions of a tenant, so that their number can be counted."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"webhooks:{tenant}"))))


def log_page(
    session: Session, webhook_id: UUID, *, state: str | None, before: UUID | None, limit: int
) -> Sequence[WebhookDelivery]:
    """Return deliveries, newest first, one more than asked for when there are more."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if before is not None:
        query = query.where(WebhookDelivery.id < before)
    return session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()


def delivery(session: Session, webhook_id: UUID, delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery | None:
    """Return a delivery of a subscription."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.id == delivery_id)
    return session.scalar(query.with_for_update() if lock else query)


def message(session: Session, message_id: UUID) -> WebhookMessage:
    """Return the message of a delivery."""
    return session.get_one(WebhookMessage, message_id)


def attempts(session: Session, delivery_id: UUID) -> Sequence[WebhookAttempt]:
    """Return the attempts of a delivery, oldest first."""
    return session.scalars(
        select(WebhookAttempt).where(WebhookAttempt.delivery_id == delivery_id).order_by(WebhookAttempt.id)
    ).all()


def retry_failed(
    session: Session, webhook_id: UUID, *, since: datetime | None, now: datetime, expires_at: datetime
) -> int:
    """Let deliveries that were given up be tried again; returns how many."""
    statement = update(WebhookDelivery).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "failed"
    )
    if since is not None:
        statement = statement.where(WebhookDelivery.created_at >= since)
    changed = session.execute(
        statement.values(state="pending", attempts=0, next_at=now, expires_at=expires_at, settled_at=None).returning(
            WebhookDelivery.id
        )
    )
    return len(changed.all())

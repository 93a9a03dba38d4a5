"""Queries about notifications."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import Uuid, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_notifications.sending.models import Attempt, Notification

_ONCE = ["tenant_id", "event_id", "recipient_key", "purpose"]
_SENT = text(
    "UPDATE notifications SET state = 'sent', reason = NULL, attempts = attempts + 1, claim = NULL, "
    "finished_at = sent.at, next_at = sent.at "
    "FROM unnest(CAST(:ids AS uuid[]), CAST(:moments AS timestamptz[])) AS sent (id, at) "
    "WHERE notifications.id = sent.id AND claim = CAST(:claim AS uuid) RETURNING notifications.id"
).columns(id=Uuid())
_ATTEMPTS_SENT = text(
    "UPDATE attempts SET outcome = 'sent', finished_at = sent.at, provider_id = sent.provider, "
    "template_version = sent.version "
    "FROM unnest(CAST(:attempts AS uuid[]), CAST(:moments AS timestamptz[]), CAST(:providers AS text[]), "
    "CAST(:versions AS integer[])) AS sent (id, at, provider, version) WHERE attempts.id = sent.id"
)


@dataclass(frozen=True, slots=True)
class Sent:
    """That one attempt succeeded."""

    notification_id: UUID
    attempt_id: UUID
    at: datetime
    provider_id: str | None
    template_version: int


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Store notifications, but for those whose event was told to that recipient already; return the new ones' ids."""
    if not rows:
        return []
    statement = pg_insert(Notification).on_conflict_do_nothing(
        index_elements=_ONCE, index_where=text("event_id IS NOT NULL")
    )
    return list(session.scalars(statement.returning(Notification.id), list(rows)))


def claim(
    session: Session, *, now: datetime, lease: timedelta, limit: int, paused: Collection[str]
) -> list[tuple[Notification, UUID]]:
    """Take what is due, with an attempt begun for each; other workers leave it alone until the lease ends.

    Args:
        session: committed by the caller before anything is sent.
        now: the present moment.
        lease: how long nobody else takes it.
        limit: how many at most.
        paused: channels that are away.

    Returns:
        The notifications and their attempts' ids.
    """
    due = (
        select(Notification.id)
        .where(Notification.state.in_(("queued", "sending")), Notification.next_at <= now)
        .order_by(Notification.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if paused:
        due = due.where(Notification.channel.not_in(sorted(paused)))
    token = uuid7()
    claimed = session.scalars(
        update(Notification)
        .where(Notification.id.in_(due.scalar_subquery()))
        .values(state="sending", claim=token, next_at=now + lease)
        .returning(Notification)
    ).all()
    taken = sorted(claimed, key=lambda row: row.id)
    begun = [
        {
            "id": uuid7(),
            "notification_id": row.id,
            "channel": row.channel,
            "address": row.route[row.position]["address"],
            "started_at": now,
        }
        for row in taken
    ]
    if begun:
        session.execute(insert(Attempt), begun)
    return [(row, UUID(str(attempt["id"]))) for row, attempt in zip(taken, begun, strict=True)]


def settle(session: Session, notification: Notification, values: Mapping[str, Any]) -> bool:
    """Change a notification that this worker still holds; False when another one has taken it in between."""
    result = session.execute(
        update(Notification)
        .where(Notification.id == notification.id, Notification.claim == notification.claim)
        .values(claim=None, **values)
        .returning(Notification.id)
    )
    return result.first() is not None


def settle_sent(session: Session, claim_token: UUID | None, sent: Sequence[Sent]) -> set[UUID]:
    """Note that the server has taken these; return which of them this worker still held.

    Args:
        session: committed by the caller.
        claim_token: of the claim that they came with.
        sent: what was handed over.
    """
    columns = {
        "ids": [str(one.notification_id) for one in sent],
        "attempts": [str(one.attempt_id) for one in sent],
        "moments": [one.at for one in sent],
        "providers": [one.provider_id for one in sent],
        "versions": [one.template_version for one in sent],
    }
    session.execute(_ATTEMPTS_SENT, columns)
    return set(session.scalars(_SENT, {**columns, "claim": str(claim_token)}))


def end_attempt(session: Session, attempt_id: UUID, **values: object) -> None:
    """Note how an attempt ended."""
    session.execute(update(Attempt).where(Attempt.id == attempt_id).values(**values))


def forget_attempt(session: Session, attempt_id: UUID) -> None:
    """Take back an attempt that was not made."""
    session.execute(delete(Attempt).where(Attempt.id == attempt_id))


def fail_over(session: Session, channel: str, *, since: datetime, now: datetime) -> int:
    """Lead what has waited for a channel that is away to the next one of its route; return how many."""
    result = session.execute(
        text(
            "UPDATE notifications SET position = position + 1, channel = route -> (position + 1) ->> 'channel', "
            "channel_since = :now, next_at = :now, reason = 'failover' "
            "WHERE state = 'queued' AND channel = :channel AND channel_since < :since "
            "AND jsonb_array_length(route) > position + 1 RETURNING id"
        ),
        {"channel": channel, "since": since, "now": now},
    )
    return len(result.all())


def get(session: Session, tenant: str, notification_id: UUID, *, lock: bool = False) -> Notification | None:
    """Return a tenant's notification."""
    query = select(Notification).where(Notification.tenant_id == tenant, Notification.id == notification_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def attempts(session: Session, notification_ids: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
    """Return the attempts of some notifications, in their order."""
    found: dict[UUID, list[Attempt]] = {}
    query = select(Attempt).where(Attempt.notification_id.in_(list(notification_ids))).order_by(Attempt.id)
    for attempt in session.scalars(query):
        found.setdefault(attempt.notification_id, []).append(attempt)
    return found


def page(
    session: Session, tenant: str, *, filters: Mapping[str, str | None], before: UUID | None, limit: int
) -> Sequence[Notification]:
    """Return the tenant's newest notifications that fit, older than `before`."""
    query = select(Notification).where(Notification.tenant_id == tenant).order_by(Notification.id.desc()).limit(limit)
    for name, value in filters.items():
        if value is not None:
            query = query.where(getattr(Notification, name) == value)
    return session.scalars(query if before is None else query.where(Notification.id < before)).all()


def counts(session: Session, tenant: str) -> dict[str, int]:
    """Return how many notifications are in each state."""
    query = select(Notification.state, func.count().label("number")).where(Notification.tenant_id == tenant)
    return {row.state: row.number for row in session.execute(query.group_by(Notification.state))}


def purge(session: Session, before: datetime) -> int:
    """Forget what ended before a moment; return how many."""
    result = session.execute(delete(Notification).where(Notification.finished_at < before).returning(Notification.id))
    return len(result.all())

"""What is told to the rest of the house about notifications; nothing about people."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from munbot_common.logs import bound_correlation_id
from munbot_common.outbox import make_event, record_events
from munbot_contracts import Contract, Event
from munbot_contracts.notifications import (
    NOTIFICATION_FAILED,
    NOTIFICATION_SENT,
    NotificationFailed,
    NotificationSent,
)
from sqlalchemy.orm import Session

from munbot_notifications.base import OUTBOX, SERVICE
from munbot_notifications.sending.models import Notification


def record_sent(session: Session, ended: Iterable[tuple[Notification, datetime]]) -> None:
    """Write into the outbox that notifications were sent, and when; each by one attempt more than it knows of."""
    events = []
    for notification, at in ended:
        facts = NotificationSent.model_validate(_facts(notification, notification.attempts + 1))
        events.append(_event(notification, NOTIFICATION_SENT, facts, at))
    record_events(session, OUTBOX, events)


def record_failed(session: Session, notification: Notification, *, attempts: int, reason: str, now: datetime) -> None:
    """Write into the outbox that a notification was given up."""
    facts = NotificationFailed.model_validate({**_facts(notification, attempts), "reason": reason})
    record_events(session, OUTBOX, [_event(notification, NOTIFICATION_FAILED, facts, now)])


def _facts(notification: Notification, attempts: int) -> dict[str, Any]:
    return {
        "notification_id": notification.id,
        "purpose": notification.purpose,
        "audience": notification.audience,
        "channel": notification.channel,
        "attempts": attempts,
        "event_id": notification.event_id,
        "conversation_id": notification.conversation_id,
    }


def _event(notification: Notification, kind: str, facts: Contract, at: datetime) -> Event[Any]:
    with bound_correlation_id(notification.correlation_id):
        return make_event(
            source=SERVICE,
            event_type=kind,
            subject=str(notification.id),
            tenant=notification.tenant_id,
            data=facts,
            clock=lambda: at,
        )

"""What is told to the rest of the house about notifications; nothing about people."""

from datetime import datetime

from munbot_common.outbox import make_event, record_events
from munbot_contracts.notifications import (
    NOTIFICATION_FAILED,
    NOTIFICATION_SENT,
    NotificationFailed,
    NotificationSent,
)
from sqlalchemy.orm import Session

from munbot_notifications.base import OUTBOX, SERVICE
from munbot_notifications.sending.models import Notification


def record_end(
    session: Session, notification: Notification, *, attempts: int, reason: str | None, now: datetime
) -> None:
    """Write into the outbox that a notification was sent, or with a reason that it was given up."""
    facts = {
        "notification_id": notification.id,
        "purpose": notification.purpose,
        "audience": notification.audience,
        "channel": notification.channel,
        "attempts": attempts,
        "event_id": notification.event_id,
        "conversation_id": notification.conversation_id,
    }
    sent = reason is None
    event = make_event(
        source=SERVICE,
        event_type=NOTIFICATION_SENT if sent else NOTIFICATION_FAILED,
        subject=str(notification.id),
        tenant=notification.tenant_id,
        data=NotificationSent.model_validate(facts)
        if sent
        else NotificationFailed.model_validate({**facts, "reason": reason}),
        clock=lambda: now,
    )
    record_events(session, OUTBOX, [event])

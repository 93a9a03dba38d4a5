"""Notifications as the API shows them: addresses masked, and nothing of what they say."""

from collections.abc import Sequence

from munbot_notifications.schemas import masked
from munbot_notifications.sending.models import Attempt, Notification
from munbot_notifications.sending.schemas import AttemptOut, NotificationOut

_WAITING = frozenset({"queued", "sending"})


def view(notification: Notification, attempts: Sequence[Attempt]) -> NotificationOut:
    """Return a notification with its attempts."""
    citizen = notification.audience == "citizen"
    place = notification.route[notification.position] if notification.route else None
    return NotificationOut.model_validate(
        {
            **{
                name: getattr(notification, name)
                for name in NotificationOut.model_fields
                if name not in {"address", "channels", "attempts", "next_at"}
            },
            "address": masked(place["address"]) if citizen and place else None,
            "channels": [place["channel"] for place in notification.route],
            "next_at": notification.next_at if notification.state in _WAITING else None,
            "attempts": [_attempt(attempt, citizen=citizen) for attempt in attempts],
        }
    )


def _attempt(attempt: Attempt, *, citizen: bool) -> AttemptOut:
    shown = AttemptOut.model_validate(attempt)
    return shown.model_copy(update={"address": masked(attempt.address) if citizen else None})

"""What became of a notification. Nothing in it is about a person."""

from typing import Literal
from uuid import UUID

from pydantic import ConfigDict
from pydantic.config import JsonDict

from munbot_contracts.envelope import Contract
from munbot_contracts.privacy import Code

NOTIFICATION_SENT = "munbot.notification.sent.v1"
NOTIFICATION_FAILED = "munbot.notification.failed.v1"

_NOTIFICATION: JsonDict = {
    "notification_id": "019358f5-0000-7000-8000-000000000001",
    "purpose": "appointment_reminder",
    "audience": "citizen",
    "channel": "email",
    "attempts": 1,
    "event_id": "019358f1-0000-7000-8000-000000000007",
    "conversation_id": None,
}

NotificationChannel = Literal["email", "whatsapp", "sms", "apprise"]


class NotificationSent(Contract):
    """Its channel's server took it: for a mail, the mail server."""

    model_config = ConfigDict(json_schema_extra={"examples": [_NOTIFICATION]})

    notification_id: UUID
    purpose: Code
    audience: Literal["citizen", "official"]
    channel: NotificationChannel
    attempts: int
    event_id: UUID | None = None
    conversation_id: UUID | None = None


class NotificationFailed(Contract):
    """Given up: it is a dead letter until an official sends it again or discards it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_NOTIFICATION, "attempts": 3, "reason": "address_refused"}]}
    )

    notification_id: UUID
    purpose: Code
    audience: Literal["citizen", "official"]
    channel: NotificationChannel
    attempts: int
    event_id: UUID | None = None
    conversation_id: UUID | None = None
    reason: Code


NOTIFICATION_EVENTS: dict[str, type[Contract]] = {
    NOTIFICATION_SENT: NotificationSent,
    NOTIFICATION_FAILED: NotificationFailed,
}

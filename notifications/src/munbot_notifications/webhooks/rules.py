"""Pure rules of webhooks: what may be subscribed to, what a message says, and when it is tried again."""

import random
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from munbot_contracts import EVENT_TYPES, routing_key
from munbot_contracts.messages import MESSAGE_FEEDBACK

from munbot_notifications.webhooks.models import Webhook

TEST_EVENT = "munbot.webhook.test.v1"
"""What the test button sends; it is no event of the platform."""

_CONTEXTS = ("appointment", "complaint", "conversation", "notification")
_INTERNAL = frozenset({"munbot.appointment.held.v1", "munbot.conversation.noted.v1"})
OFFERED = tuple(
    name
    for name in EVENT_TYPES
    if name == MESSAGE_FEEDBACK or (routing_key(name).split(".")[0] in _CONTEXTS and name not in _INTERNAL)
)
"""Types that may be subscribed to.

Messages of conversations are not among them, as they are the citizens' own words: only what was said of an answer is.
"""

NOTED = frozenset({"host", "event_types", "thin", "enabled"})
"""What of a subscription the audit log may hold. Not its URL: many a receiver's is its password too."""

_WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 28_800)
_JITTER = 0.2
_LONGEST_REST = 60.0
_LONGEST_RETRY_AFTER = 3600.0


def next_wait(attempts: int, *, retry_after: float | None = None, random_: random.Random | None = None) -> timedelta:
    """Return how long to wait after a failed attempt: 5 s, 30 s, 2 min … 8 h, each a fifth more or less at random.

    Args:
        attempts: how many were made, from 1.
        retry_after: seconds that the receiver asked for; up to an hour is honoured.
        random_: for tests.
    """
    seconds = _WAITS[min(attempts, len(_WAITS)) - 1]
    spread = (random_ or random.Random()).uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret hangs on it
    return timedelta(seconds=max(seconds * spread, min(retry_after or 0.0, _LONGEST_RETRY_AFTER)))


def rest(failures: int) -> timedelta:
    """Return how long a receiver is left in peace after so many failures in a row: 1 s, doubling, to a minute."""
    return timedelta(seconds=min(2.0 ** max(failures - 1, 0), _LONGEST_REST) if failures < 10 else _LONGEST_REST)


def message_body(event: dict[str, Any], *, thin: bool) -> dict[str, Any]:
    """Return what a receiver gets: `type`, `timestamp` and `data` after Standard Webhooks, and whose it is.

    Args:
        event: the CloudEvents envelope as JSON.
        thin: without the event's data, so that no personal data leaves the platform; `subject` says what to look up.
    """
    return {
        "type": event["type"],
        "timestamp": event["time"],
        "tenant": event["tenant"],
        "subject": event["subject"],
        "data": {} if thin else event["data"],
    }


def noted_fields(webhook: Webhook) -> dict[str, Any]:
    """Return what an administrator can change of a subscription, to be compared; only `NOTED` may be written down."""
    return {
        "host": urlsplit(webhook.url).netloc.rpartition("@")[2],
        "url": webhook.url,
        "description": webhook.description,
        "event_types": webhook.event_types,
        "thin": webhook.thin,
        "enabled": webhook.disabled_reason is None,
    }


def noted_facts(webhook: Webhook) -> dict[str, Any]:
    """Return what the audit log says of a subscription that is new, or gone."""
    return {name: value for name, value in noted_fields(webhook).items() if name in NOTED}


def gave_up(now: datetime, expires_at: datetime, next_at: datetime) -> bool:
    """Whether there is no further attempt: it would come after the last moment."""
    return now >= expires_at or next_at > expires_at

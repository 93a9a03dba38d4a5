"""Queue entrance: an event becomes a delivery for each webhook that wants it, in the transaction of the inbox."""

from collections.abc import Callable
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import Subscription
from munbot_common.outbox import first_time
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent

from munbot_notifications.base import INBOX
from munbot_notifications.webhooks import queue
from munbot_notifications.webhooks.models import WebhookMessage
from munbot_notifications.webhooks.rules import OFFERED

EVENTS = Subscription("notifications.webhooks", tuple(routing_key(name) for name in OFFERED))


class WebhookHandler:
    """Queues an event for the webhooks of its tenant.

    Args:
        factory: of the service's database.
        hope: for how long a message is tried.
        wake: called after a commit that queued something.
        clock: the time of day.
    """

    def __init__(
        self, factory: SessionFactory, *, hope: timedelta, wake: Callable[[], None], clock: Clock = utc_now
    ) -> None:
        self._factory = factory
        self._hope = hope
        self._wake = wake
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event."""
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=EVENTS.queue, event_id=event.id):
                return
            wanted = queue.subscribers(session, event.tenant, event.type)
            if not wanted:
                return
            now = self._clock()
            body = event.model_dump(mode="json")
            if all(webhook.thin for webhook in wanted):
                body["data"] = {}  # what nobody gets is not kept
            message = WebhookMessage(
                id=event.id, tenant_id=event.tenant, event_type=event.type, body=body, created_at=now
            )
            queue.enqueue(session, message, [webhook.id for webhook in wanted], expires_at=now + self._hope)
        self._wake()

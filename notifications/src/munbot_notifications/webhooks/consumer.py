"""Queue entrance: an event becomes a delivery for each webhook that wants it, in the transaction of the inbox."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import Subscription
from munbot_common.outbox import first_times
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent
from sqlalchemy.orm import Session

from munbot_notifications.base import INBOX
from munbot_notifications.webhooks import queue
from munbot_notifications.webhooks.models import Webhook, WebhookMessage
from munbot_notifications.webhooks.rules import OFFERED

EVENTS = Subscription("notifications.webhooks", tuple(routing_key(name) for name in OFFERED))


class WebhookHandler:
    """Queues events for the webhooks of their tenants.

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

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Handle some events, all or none."""
        by_id = {event.id: event for event in events}
        with unit_of_work(self._factory) as session:
            new = first_times(session, INBOX, consumer=EVENTS.queue, event_ids=by_id.keys())
            working = queue.working(session, {by_id[event_id].tenant for event_id in new})
            fresh = [event for event_id, event in by_id.items() if event_id in new]
            queued = sum(self._queue(session, event, working) for event in fresh) if working else 0
        if queued:
            self._wake()

    def _queue(self, session: Session, event: AnyEvent, working: Sequence[Webhook]) -> bool:
        wanted = [one for one in working if one.tenant_id == event.tenant and event.type in one.event_types]
        if not wanted:
            return False
        now = self._clock()
        body = event.model_dump(mode="json")
        if all(webhook.thin for webhook in wanted):
            body["data"] = {}  # what nobody gets is not kept
        message = WebhookMessage(id=event.id, tenant_id=event.tenant, event_type=event.type, body=body, created_at=now)
        queue.enqueue(session, message, [webhook.id for webhook in wanted], expires_at=now + self._hope)
        return True

"""The queue's entrance."""

from collections.abc import Callable
from dataclasses import replace

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import Subscription
from munbot_common.outbox import first_time
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent

from munbot_notifications.base import INBOX, SERVICE
from munbot_notifications.notices.rules import HEARD, told_of
from munbot_notifications.sending.service import plan

CONSUMER = f"{SERVICE}.notices"
NOTICES = Subscription(CONSUMER, tuple(routing_key(kind) for kind in HEARD))


class NoticeHandler:
    """Plans the notifications of one event, in one transaction with the note that it was heard.

    Args:
        session_factory: the database.
        public_url: address of the platform, for links.
        channels: those that the installation has.
        on_planned: called after each commit.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        *,
        public_url: str,
        channels: frozenset[str],
        on_planned: Callable[[], None],
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._public_url = public_url
        self._channels = channels
        self._on_planned = on_planned
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event; a redelivery changes nothing."""
        told = told_of(event, self._public_url)
        if told is None:
            return
        about, tellings = told
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                return
            plan(session, replace(about, channels=self._channels), tellings, self._clock())
        self._on_planned()

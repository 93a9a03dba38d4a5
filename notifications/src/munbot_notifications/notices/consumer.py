"""The queue's entrance."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import BatchLimits, Subscription
from munbot_common.outbox import first_times
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent

from munbot_notifications.base import INBOX, SERVICE
from munbot_notifications.notices.rules import HEARD, told_of
from munbot_notifications.sending.service import Plan, plan_all

CONSUMER = f"{SERVICE}.notices"
NOTICES = Subscription(CONSUMER, tuple(routing_key(kind) for kind in HEARD))
LIMITS = BatchLimits(events=200, seconds=0.1)
"""A batch costs little more than an event; waiting longer for one would be felt by who waits for the mail."""


class NoticeHandler:
    """Plans the notifications of some events, in one transaction with the note that they were heard.

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

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Handle some events; a redelivery changes nothing.

        Raises:
            pydantic.ValidationError: one of them is not what its type promises; none was handled.
        """
        plans = {event.id: made for event in events if (made := self._plan(event)) is not None}
        if not plans:
            return
        with unit_of_work(self._factory) as session:
            new = first_times(session, INBOX, consumer=CONSUMER, event_ids=plans.keys())
            plan_all(session, [made for event_id, made in plans.items() if event_id in new], self._clock())
        if new:
            self._on_planned()

    def _plan(self, event: AnyEvent) -> Plan | None:
        told = told_of(event, self._public_url)
        if told is None:
            return None
        about, tellings = told
        return Plan(replace(about, channels=self._channels), tellings, event.correlationid)

"""The queue's entrance: what providers say became of our messages."""

from collections.abc import Callable
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import PermanentError, Subscription
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.deliveries.progress import apply_status
from munbot_whatsapp.events import STATUS_RECEIVED, StatusReceived

log = get_logger("whatsapp.statuses")

STATUSES = Subscription("whatsapp.statuses", (routing_key(STATUS_RECEIVED),))

EARLY = timedelta(seconds=30)
"""So long a message's id may be on its way from the provider's answer into our table."""


class StatusEarly(Exception):
    """A status of a message that we do not know, perhaps yet."""


class StatusHandler:
    """Applies each status; in which order they come does not matter.

    Args:
        session_factory: the database.
        book: the accounts.
        on_applied: called after the commit of a status that changed something.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        *,
        book: AccountBook,
        on_applied: Callable[[], None],
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._book = book
        self._on_applied = on_applied
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event.

        Raises:
            PermanentError: of an account that does not exist.
            StatusEarly: it shall be tried again.
        """
        status = StatusReceived.model_validate(event.data)
        known = self._book.by_slug(status.account)
        if known is None or known.account.tenant != event.tenant:
            msg = "no such account"
            raise PermanentError(msg)
        with unit_of_work(self._factory) as session:
            outcome = apply_status(session, account_id=known.id, status=status)
        if outcome == "unknown" and status.reference is None and self._clock() - event.time < EARLY:
            raise StatusEarly
        metrics.STATUSES.labels(status.status, outcome).inc()
        if outcome == "applied":
            self._on_applied()

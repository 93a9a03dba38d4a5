"""Webhooks that come by a broker instead of by HTTP."""

from munbot_common.database import SessionFactory
from munbot_common.logs import get_logger
from munbot_common.messaging import Publisher

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.inbound import intake
from munbot_whatsapp.providers.base import Webhook

log = get_logger("whatsapp.bus")

PROVIDER = "evolution"


class EvolutionIntake:
    """Publishes what an instance of Evolution says, as its webhook would. What comes twice is known by its ids.

    Args:
        session_factory: the database.
        book: the accounts.
        publisher: to our broker.
    """

    def __init__(self, session_factory: SessionFactory, *, book: AccountBook, publisher: Publisher) -> None:
        self._factory = session_factory
        self._book = book
        self._publisher = publisher

    def __call__(self, instance: str, webhook: Webhook) -> None:
        """Take what one instance says; an instance that is no account of ours is left out.

        Raises:
            BrokerUnavailable, OperationalError: it shall be given again.
        """
        known = self._book.by_ref(PROVIDER, instance)
        if known is None or not known.active:
            metrics.WEBHOOKS.labels(PROVIDER, "account_unknown").inc()
            log.warning("instance_unknown")
            return
        told = intake.read(self._factory, known, webhook)
        self._publisher.publish_and_wait(intake.to_publish(told))
        intake.count(known, told)
        metrics.WEBHOOKS.labels(PROVIDER, "published" if told else "nothing").inc()

"""What the worker process runs for webhooks."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from munbot_common.clock import Clock
from munbot_common.database import SessionFactory
from munbot_common.messaging import BatchConsumer
from munbot_common.worker import Loop
from sqlalchemy.orm import Session

from munbot_notifications.settings import WorkerSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks import queue
from munbot_notifications.webhooks.consumer import EVENTS, WebhookHandler
from munbot_notifications.webhooks.guard import Guard
from munbot_notifications.webhooks.sender import OnDisabled, WebhookSender
from munbot_notifications.webhooks.transport import Transport


class WebhookWork:
    """The webhooks' part of the worker: hears events, hands them over.

    Args:
        settings: addresses and limits.
        factory: of the service's database.
        vault: opens secrets.
        on_disabled: tells the administrators.
        usable: raises while the database is away.
        name: the connection's name at the broker.
        clock: the time of day.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        factory: SessionFactory,
        vault: Vault,
        *,
        on_disabled: OnDisabled,
        usable: Callable[[], object],
        name: str,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._clock = clock
        transport = Transport(Guard(settings.webhook_hosts()), timeout=settings.webhook_timeout_seconds)
        self.sender = WebhookSender(factory, transport, vault, settings, on_disabled=on_disabled, clock=clock)
        hope = timedelta(hours=settings.webhook_retry_hours)
        handler = WebhookHandler(factory, hope=hope, wake=self.sender.wake, clock=clock)
        self.consumer = BatchConsumer(settings.amqp_url(), EVENTS, handler, usable=usable, name=name)

    def loops(self) -> Mapping[str, Loop]:
        """Return what runs in threads, by name."""
        senders = {f"webhooks-{number}": self.sender.run for number in range(self._settings.webhook_senders)}
        return {"webhook-events": self.consumer.run, **senders}

    def checks(self) -> Mapping[str, Callable[[], object]]:
        """Return what /readyz asks."""
        return {"webhook-events": self.consumer.check}

    def tidy(self, session: Session) -> None:
        """Forget messages and their log when they are old."""
        queue.purge(session, self._clock() - timedelta(days=self._settings.webhook_kept_days))

"""The worker process: hears events, hands notifications over, and forgets what is no longer needed."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from munbot_common.client import ServiceClient
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import BatchConsumer, Publisher
from munbot_common.outbox import OutboxRelay, purge_inbox
from munbot_common.worker import Loop, run_worker
from sqlalchemy import delete

from munbot_notifications.base import IDEMPOTENCY_KEYS, INBOX, OUTBOX, SERVICE
from munbot_notifications.channels.apprise import AppriseChannel
from munbot_notifications.channels.base import Channel
from munbot_notifications.channels.email import EmailChannel
from munbot_notifications.channels.sms import SmsChannel
from munbot_notifications.channels.whatsapp import WhatsAppChannel
from munbot_notifications.notices.consumer import LIMITS, NOTICES, NoticeHandler
from munbot_notifications.officials import repository as officials
from munbot_notifications.officials.digest import Digests
from munbot_notifications.sending import repository
from munbot_notifications.sending.composer import Composer, calendar_of
from munbot_notifications.sending.directory import Directory
from munbot_notifications.sending.pauses import Pauses
from munbot_notifications.sending.pool import SenderPool
from munbot_notifications.sending.sender import Sender
from munbot_notifications.settings import WorkerSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks.notice import DisabledNotice
from munbot_notifications.webhooks.worker import WebhookWork

log = get_logger("notifications.worker")

NAME = f"{SERVICE}-worker"
OTHER_CONNECTIONS = 8
TIDY_SECONDS = 3600.0
DIGEST_SECONDS = 60.0
DIGEST_KEPT = timedelta(days=7)
KEPT = timedelta(days=30)
"""Longer than any redelivery can take."""


class Worker:
    """Everything a worker process consists of. Building it opens nothing; `loops` do the work.

    Args:
        settings: addresses and limits.
        clock: the time of day.
    """

    def __init__(self, settings: WorkerSettings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock
        connections = max(settings.database_pool_size, settings.senders + OTHER_CONNECTIONS)
        self.engine = make_engine(settings.model_copy(update={"database_pool_size": connections}))
        self.session_factory = make_session_factory(self.engine)
        self.vault = Vault(settings.notifications_key.get_secret_value())
        self.publisher = Publisher(settings.amqp_url(), name=NAME)
        self.relay = OutboxRelay(self.engine, OUTBOX, self.publisher, service=SERVICE)
        token = settings.service_token.get_secret_value() if settings.service_token else None
        self.conversations = ServiceClient(settings.conversations_url, token=token)
        self.scheduler = ServiceClient(settings.scheduler_url, token=token)
        self.whatsapp = ServiceClient(settings.whatsapp_url, token=token)
        self.directory = Directory(self.conversations, clock)
        self.composer = Composer(
            settings,
            vault=self.vault,
            directory=self.directory,
            calendar=calendar_of(self.scheduler),
        )
        self.pauses = Pauses()
        self.senders = SenderPool(self.sender, settings.senders)
        self.digests = Digests(self.session_factory, settings, directory=self.directory, clock=clock)
        handler = NoticeHandler(
            self.session_factory,
            public_url=settings.public_url,
            channels=settings.channels(),
            on_planned=self.senders.wake,
            clock=clock,
        )
        self.notices = BatchConsumer(
            settings.amqp_url(),
            NOTICES,
            handler,
            usable=partial(check_database, self.engine),
            name=NAME,
            limits=LIMITS,
        )
        self.webhooks = WebhookWork(
            settings,
            self.session_factory,
            self.vault,
            on_disabled=DisabledNotice(settings.public_url),
            usable=partial(check_database, self.engine),
            name=NAME,
            clock=clock,
        )

    def loops(self) -> Mapping[str, Loop]:
        """Return what runs in threads, by name."""
        return {
            "notices": self.notices.run,
            **{f"sender-{number}": partial(self.senders.loop, number) for number in range(self.senders.size)},
            "relay": self.relay.run,
            "digests": self._digest,
            **self.webhooks.loops(),
            "tidy": self._tidy,
        }

    def sender(self) -> Sender:
        """Return a sender with channels of its own."""
        return Sender(
            self.session_factory,
            self.settings,
            composer=self.composer,
            channels=self._channels(),
            pauses=self.pauses,
            on_commit=self.relay.wake,
            clock=self.clock,
        )

    def checks(self) -> Mapping[str, Callable[[], object]]:
        """Return what /readyz asks. Mail servers are not among it: without them notifications wait, none is lost."""
        return {
            "database": lambda: check_database(self.engine),
            "broker": self.publisher.check,
            "notices": self.notices.check,
            **self.webhooks.checks(),
        }

    def close(self) -> None:
        """Close all connections."""
        self.publisher.close()
        for client in (self.conversations, self.scheduler, self.whatsapp):
            client.close()
        self.engine.dispose()

    def _channels(self) -> dict[str, Channel]:
        settings = self.settings
        found: dict[str, Channel] = {
            "email": EmailChannel(
                settings.smtp_dsn(), mail_from=settings.mail_from, timeout=settings.smtp_timeout_seconds
            ),
            "whatsapp": WhatsAppChannel(self.whatsapp),
            "apprise": AppriseChannel(),
        }
        if settings.sms_url and settings.sms_token is not None:
            found["sms"] = SmsChannel(
                settings.sms_url,
                account=settings.sms_account,
                token=settings.sms_token.get_secret_value(),
                sender=settings.sms_from,
            )
        return found

    def _digest(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if self.digests.run_once():
                    self.senders.wake()
            except Exception:
                log.exception("digest_failed")
            stop.wait(DIGEST_SECONDS)

    def tidy(self) -> None:
        """Forget what is no longer needed."""
        now = self.clock()
        with unit_of_work(self.session_factory) as session:
            purge_inbox(session, INBOX, older_than=KEPT, now=self.clock)
            kept = now - timedelta(days=self.settings.kept_days)
            repository.purge(session, kept)
            officials.purge_items(session, now - DIGEST_KEPT)
            self.webhooks.tidy(session)
            session.execute(delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < now - KEPT))

    def _tidy(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.tidy()
            except Exception:
                log.exception("tidy_failed")
            stop.wait(TIDY_SECONDS)


def run(settings: WorkerSettings) -> int:
    """Run the worker until SIGTERM; return its exit code."""
    worker = Worker(settings)
    worker.publisher.start()
    return run_worker(settings, worker.loops(), checks=worker.checks(), on_stop=worker.close)

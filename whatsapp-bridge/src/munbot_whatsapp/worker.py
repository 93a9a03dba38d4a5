"""The worker process: everything of the bridge that no webhook waits for, wired together."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from munbot_common.client import ServiceClient
from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory, unit_of_work
from munbot_common.logs import configure_logging, get_logger
from munbot_common.messaging import Consumer, Handler, Publisher, Subscription
from munbot_common.outbox import OutboxRelay, purge_inbox
from munbot_common.worker import Loop, run_worker

from munbot_whatsapp.accounts.book import AccountBook, opened
from munbot_whatsapp.accounts.vault import Vault
from munbot_whatsapp.base import INBOX, OUTBOX, SERVICE
from munbot_whatsapp.deliveries.handler import OUTBOUND, OutboundHandler
from munbot_whatsapp.deliveries.sender import SenderPool
from munbot_whatsapp.deliveries.sweeper import Sweeper
from munbot_whatsapp.inbound.bus import EvolutionIntake
from munbot_whatsapp.inbound.handler import MESSAGES, InboxHandler
from munbot_whatsapp.inbound.marks import ReadMarks
from munbot_whatsapp.media.handler import FILES, MediaHandler
from munbot_whatsapp.media.store import ObjectStore
from munbot_whatsapp.media.transcription import TIMEOUT_SECONDS, Transcriber
from munbot_whatsapp.providers import registry
from munbot_whatsapp.providers.evolution.amqp import EvolutionConsumer
from munbot_whatsapp.settings import WorkerSettings
from munbot_whatsapp.statuses.handler import STATUSES, StatusHandler

log = get_logger("whatsapp.worker")

NAME = f"{SERVICE}-worker"
MEDIA_THREADS = 4
MARK_THREADS = 4
OTHER_CONNECTIONS = 12
TIDY_SECONDS = 3600.0
KEPT = timedelta(days=30)
"""Longer than any repetition can take: providers give up after a week."""


class Worker:
    """Everything a worker process consists of. Building it opens nothing; `loops` do the work.

    Args:
        settings: addresses and limits.
        clock: the time of day.
    """

    def __init__(self, settings: WorkerSettings, clock: Clock = utc_now) -> None:
        self.settings = settings
        connections = max(settings.database_pool_size, settings.senders + OTHER_CONNECTIONS)
        self.engine = make_engine(settings.model_copy(update={"database_pool_size": connections}))
        self.session_factory = factory = make_session_factory(self.engine)
        self.publisher = Publisher(settings.amqp_url(), name=NAME)
        self.relay = OutboxRelay(self.engine, OUTBOX, self.publisher, service=SERVICE)
        vault = Vault(settings.whatsapp_key.get_secret_value())
        book = AccountBook(factory, vault)
        provider = partial(registry.get, timeout=settings.whatsapp_timeout_seconds)
        store = ObjectStore(settings)
        token = settings.service_token.get_secret_value() if settings.service_token else None
        self.llm = ServiceClient(settings.llm_gateway_url, token=token, timeout=TIMEOUT_SECONDS, attempts=1)
        self.marks = ReadMarks(provider, clock)
        self.inbox = self._consumer(MESSAGES, InboxHandler(factory, book=book, mark=self.marks.put, clock=clock))
        self.statuses = self._consumer(
            STATUSES, StatusHandler(factory, book=book, on_applied=self._status_applied, clock=clock)
        )
        self.senders = SenderPool(
            factory,
            settings,
            provider=provider,
            open_account=partial(opened, vault=vault),
            load_media=store.load,
            heard=self.statuses.heard,
            on_commit=self.relay.wake,
        )
        media = MediaHandler(
            factory,
            book=book,
            provider=provider,
            store=store,
            transcriber=Transcriber(self.llm),
            settings=settings,
            on_commit=self.relay.wake,
            clock=clock,
        )
        self.media = [self._consumer(FILES, media, prefetch=1) for _ in range(MEDIA_THREADS)]
        self.sweeper = Sweeper(factory, settings, clock)
        intake = EvolutionIntake(factory, book=book, publisher=self.publisher)
        self.evolution = (
            EvolutionConsumer(
                settings.evolution_rabbitmq_url, exchange=settings.evolution_rabbitmq_exchange, deliver=intake
            )
            if settings.evolution_rabbitmq_url
            else None
        )
        self._queueing = OutboundHandler(factory, provider=provider, on_queued=self.senders.wake)
        self.outbound = self._consumer(OUTBOUND, self._queueing)

    def loops(self) -> Mapping[str, Loop]:
        """Return what runs in threads, by name."""
        return {
            "inbox": self.inbox.run,
            "statuses": self.statuses.run,
            "outbound": self._take_outbound,
            "senders": self.senders.run,
            "relay": self.relay.run,
            "sweeper": self.sweeper.run,
            "tidy": self._tidy,
            **({"evolution": self.evolution.run} if self.evolution else {}),
            **{f"media-{number}": consumer.run for number, consumer in enumerate(self.media)},
            **{f"marks-{number}": self.marks.run for number in range(MARK_THREADS)},
        }

    def checks(self) -> Mapping[str, Callable[[], object]]:
        """Return what /readyz asks. Providers are not among it: without them messages wait, they are not lost."""
        return {
            "database": lambda: check_database(self.engine),
            "broker": self.publisher.check,
            "inbox": self.inbox.check,
            "statuses": self.statuses.check,
            "outbound": self.outbound.check,
            "media": self.media[0].check,
        }

    def close(self) -> None:
        """Close all connections."""
        self.publisher.close()
        self.llm.close()
        self.engine.dispose()

    def _consumer(self, subscription: Subscription, handler: Handler, *, prefetch: int = 50) -> Consumer:
        return Consumer(self.settings.amqp_url(), subscription, handler, name=NAME, prefetch=prefetch)

    def _status_applied(self) -> None:
        self.relay.wake()
        self.senders.wake()  # a lane may have waited for it

    def _take_outbound(self, stop: threading.Event) -> None:
        self._queueing.stop = stop
        self.outbound.run(stop)

    def _tidy(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                with unit_of_work(self.session_factory) as session:
                    purge_inbox(session, INBOX, older_than=KEPT)
            except Exception:
                log.exception("tidy_failed")
            stop.wait(TIDY_SECONDS)


def run(settings: WorkerSettings) -> int:
    """Run the worker until SIGTERM; return its exit code."""
    configure_logging(NAME, settings.log_level)
    worker = Worker(settings)
    worker.publisher.start()
    return run_worker(settings, worker.loops(), checks=worker.checks(), on_stop=worker.close)

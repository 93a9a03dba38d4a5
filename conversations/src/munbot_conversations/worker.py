"""The worker process: ingest, turns, relay and sweeps, wired together."""

import threading
from collections.abc import Callable, Mapping
from functools import partial

from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory
from munbot_common.logs import configure_logging
from munbot_common.messaging import BatchConsumer, Consumer, Publisher
from munbot_common.outbox import OutboxRelay
from munbot_common.worker import Loop, run_worker

from munbot_conversations.audit.consumer import AUDIT, AUDIT_LIMITS, AuditHandler
from munbot_conversations.base import OUTBOX, SERVICE
from munbot_conversations.consumers import MESSAGES, MessageHandler
from munbot_conversations.conversations.summaries import JOBS, SummaryHandler
from munbot_conversations.files.pictures import Pictures
from munbot_conversations.files.store import FileStore
from munbot_conversations.notices.consumer import NOTICES, NoticeHandler
from munbot_conversations.privacy.clock import PrivacyClock
from munbot_conversations.privacy.erasing import Eraser
from munbot_conversations.settings import PictureSettings, WorkerFileSettings, WorkerSettings
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.ingest import Ingest, Ingested
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rasa import RasaClient
from munbot_conversations.turns.runner import TurnRunner
from munbot_conversations.turns.sweep import Sweeper

NAME = f"{SERVICE}-worker"
OTHER_CONNECTIONS = 10


class Worker:
    """Everything a worker process consists of. Building it opens nothing; `loops` do the work.

    Args:
        settings: addresses and limits.
        clock: the time of day.
        pictures: of the office's catalogues.
        files: where conversations' files are; without it, or with `conversation_days` 0, nothing is forgotten.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        clock: Clock = utc_now,
        pictures: Pictures | None = None,
        files: FileStore | None = None,
    ) -> None:
        self.settings = settings
        connections = max(settings.database_pool_size, settings.turn_threads + OTHER_CONNECTIONS)
        self.engine = make_engine(settings.model_copy(update={"database_pool_size": connections}))
        self.session_factory = make_session_factory(self.engine)
        self.publisher = Publisher(settings.amqp_url(), name=NAME)
        self.relay = OutboxRelay(self.engine, OUTBOX, self.publisher, service=SERVICE)
        self.rasa = RasaClient(settings.rasa_url, timeout=settings.rasa_timeout_seconds)
        self.board = TurnBoard()
        self.outage = Outage()
        self.pictures = pictures
        self.ingest = Ingest(self.session_factory, settings, self._stored, clock)
        self.sweeper = Sweeper(
            self.session_factory,
            board=self.board,
            outage=self.outage,
            rasa=self.rasa,
            relay=self.relay,
            settings=settings,
            clock=clock,
        )
        self.runner = TurnRunner(
            self.engine,
            rasa=self.rasa,
            board=self.board,
            outage=self.outage,
            settings=settings,
            on_commit=self.relay.wake,
            pictures=pictures,
            on_recovery=self.sweeper.rasa_is_back,
            clock=clock,
        )
        self._files = files
        self.privacy: PrivacyClock | None = None
        if files and settings.conversation_days:
            eraser = Eraser(files, self.rasa)
            self.privacy = PrivacyClock(self.session_factory, eraser, days=settings.conversation_days, clock=clock)
        self._handler = MessageHandler(self.ingest, self.session_factory)
        self.consumer = Consumer(settings.amqp_url(), MESSAGES, self._handler, name=NAME)
        self.jobs = Consumer(settings.amqp_url(), JOBS, SummaryHandler(self.session_factory), name=NAME)
        notices = NoticeHandler(self.session_factory, self.relay.wake, clock)
        self.notices = Consumer(settings.amqp_url(), NOTICES, notices, name=NAME)
        audit = AuditHandler(self.session_factory)
        usable = partial(check_database, self.engine)
        self.audit = BatchConsumer(settings.amqp_url(), AUDIT, audit, limits=AUDIT_LIMITS, usable=usable, name=NAME)

    def loops(self) -> Mapping[str, Loop]:
        """Return what runs in threads, by name."""
        turns = {f"turns-{number}": self.runner.run for number in range(self.settings.turn_threads)}
        privacy = {"privacy": self.privacy.run} if self.privacy else {}
        return {
            "ingest": self._consume,
            "jobs": self.jobs.run,
            "notices": self.notices.run,
            "audit": self.audit.run,
            "relay": self.relay.run,
            "poll": self.sweeper.poll,
            "probe": self.sweeper.probe,
            "sweep": self.sweeper.sweep,
            **privacy,
            **turns,
        }

    def checks(self) -> Mapping[str, Callable[[], object]]:
        """Return what /readyz asks. Rasa is not among it: without Rasa messages wait, they are not lost."""
        return {
            "database": lambda: check_database(self.engine),
            "broker": self.publisher.check,
            "queue": self.consumer.check,
            "jobs": self.jobs.check,
            "notices": self.notices.check,
            "audit": self.audit.check,
        }

    def close(self) -> None:
        """Close all connections."""
        self.publisher.close()
        self.rasa.close()
        if self.pictures:
            self.pictures.close()
        if self._files:
            self._files.close()
        self.engine.dispose()

    def _consume(self, stop: threading.Event) -> None:
        self._handler.stop = stop
        self.consumer.run(stop)

    def _stored(self, stored: Ingested) -> None:
        if stored.asks_bot:
            self.board.wake(stored.conversation_id, stored.message_id, after=stored.waits)
        if stored.has_events:
            self.relay.wake()


def run(settings: WorkerSettings) -> int:
    """Run the worker until SIGTERM; return its exit code."""
    configure_logging(NAME, settings.log_level)
    pictures = None
    if settings.datalake_url:
        found = PictureSettings()
        pictures = Pictures(found, FileStore(found))
    files = FileStore(WorkerFileSettings()) if settings.conversation_days else None
    worker = Worker(settings, pictures=pictures, files=files)
    worker.publisher.start()
    return run_worker(settings, worker.loops(), checks=worker.checks(), on_stop=worker.close)

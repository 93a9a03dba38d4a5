"""The worker process: hears events, hands notifications over, and forgets what is no longer needed."""

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import check_database, make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import Publisher
from munbot_common.outbox import OutboxRelay, purge_inbox
from munbot_common.worker import Loop, run_worker

from munbot_notifications.base import INBOX, OUTBOX, SERVICE
from munbot_notifications.settings import WorkerSettings
from munbot_notifications.vault import Vault

log = get_logger("notifications.worker")

NAME = f"{SERVICE}-worker"
OTHER_CONNECTIONS = 8
TIDY_SECONDS = 3600.0
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

    def loops(self) -> Mapping[str, Loop]:
        """Return what runs in threads, by name."""
        return {"relay": self.relay.run, "tidy": self._tidy}

    def checks(self) -> Mapping[str, Callable[[], object]]:
        """Return what /readyz asks. Mail servers are not among it: without them notifications wait, none is lost."""
        return {"database": lambda: check_database(self.engine), "broker": self.publisher.check}

    def close(self) -> None:
        """Close all connections."""
        self.publisher.close()
        self.engine.dispose()

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
    worker = Worker(settings)
    worker.publisher.start()
    return run_worker(settings, worker.loops(), checks=worker.checks(), on_stop=worker.close)

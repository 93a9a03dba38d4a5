"""The data lake's worker: archives events, keeps the archive in good shape."""

import threading
from collections.abc import Callable
from datetime import timedelta

from munbot_common.database import check_database, make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import BatchConsumer, BatchLimits
from munbot_common.outbox import purge_inbox
from munbot_common.worker import Loop, run_worker

from munbot_datalake.archive.intake import SUBSCRIPTION, Intake
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.upkeep import Upkeep
from munbot_datalake.archive.writer import Writer
from munbot_datalake.base import INBOX
from munbot_datalake.settings import WorkerSettings
from munbot_datalake.store import make_client

log = get_logger("datalake.worker")

WRITE_SECONDS = 5.0
UPKEEP_SECONDS = 3600.0
"""Finished days and months are merged within the hour; nothing is done where nothing is to do."""


def run(settings: WorkerSettings) -> int:
    """Work until told to stop; returns the exit code."""
    engine = make_engine(settings)
    factory = make_session_factory(engine)
    client = make_client(settings)
    writer = Writer(
        factory, client, settings.lake_bucket, file_rows=settings.file_rows, file_seconds=settings.file_seconds
    )
    upkeep = Upkeep(factory, client, settings.lake_bucket, orphan_age=timedelta(hours=settings.orphan_hours))
    consumer = BatchConsumer(
        settings.amqp_url(),
        SUBSCRIPTION,
        Intake(factory, Pseudonyms(settings.pseudonym_key.get_secret_value())),
        usable=lambda: check_database(engine),
        name=settings.service_name,
        limits=BatchLimits(events=settings.batch_events),
    )

    def write() -> None:
        while writer.write_due():
            pass

    def keep_up() -> None:
        upkeep.merge()
        upkeep.sweep()
        with unit_of_work(factory) as session:
            purge_inbox(session, INBOX, older_than=timedelta(days=settings.inbox_days))

    return run_worker(
        settings,
        {"archiver": consumer.run, "writer": _every(WRITE_SECONDS, write), "upkeep": _every(UPKEEP_SECONDS, keep_up)},
        checks={"database": lambda: check_database(engine), "broker": consumer.check},
        on_stop=engine.dispose,
    )


def _every(seconds: float, work: Callable[[], object]) -> Loop:
    def loop(stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                work()
            except Exception:
                log.exception("periodic_work_failed")
            stop.wait(seconds)

    return loop

"""The scheduler's worker: hands events to the broker, frees expired holds, says when reminders are due, forgets."""

import threading
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, check_database, make_engine, make_session_factory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import Publisher
from munbot_common.outbox import OutboxRelay
from munbot_common.worker import run_worker
from sqlalchemy import delete

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.models import Seat
from munbot_scheduler.base import IDEMPOTENCY_KEYS, OUTBOX
from munbot_scheduler.privacy.service import forget_people
from munbot_scheduler.reminders.models import Reminder
from munbot_scheduler.reminders.service import remind
from munbot_scheduler.settings import WorkerSettings

log = get_logger("scheduler.worker")

SEATS_KEPT = timedelta(days=2)
"""Seats of times long past protect nothing; their appointments stay."""
TIDY_SECONDS = 600.0


def sweep(factory: SessionFactory, clock: Clock = utc_now) -> int:
    """Free expired holds; returns how many."""
    with unit_of_work(factory) as session:
        freed = repository.sweep_expired(session, clock())
    if freed:
        log.info("holds_expired", count=freed)
    return freed


def tidy(factory: SessionFactory, settings: WorkerSettings, clock: Clock = utc_now) -> None:
    """Delete seats and reminders of past days and old idempotency keys; take people out of hours of long ago."""
    now = clock()
    with unit_of_work(factory) as session:
        session.execute(delete(Seat).where(Seat.ends_at < now - SEATS_KEPT))
        session.execute(delete(Reminder).where(Reminder.starts_at < now - SEATS_KEPT))
        kept = timedelta(days=settings.idempotency_days)
        session.execute(delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < now - kept))
        if forgotten := forget_people(session, now - timedelta(days=settings.person_days), now):
            log.info("people_forgotten", count=forgotten)


def run(settings: WorkerSettings) -> int:
    """Work until told to stop; returns the exit code."""
    engine = make_engine(settings)
    factory = make_session_factory(engine)
    publisher = Publisher(settings.amqp_url(), name=settings.service_name).start()
    relay = OutboxRelay(engine, OUTBOX, publisher, service="scheduler")

    def sweep_loop(stop: threading.Event) -> None:
        _repeat(stop, settings.hold_sweep_seconds, lambda: sweep(factory))

    def reminder_loop(stop: threading.Event) -> None:
        _repeat(stop, settings.reminder_seconds, lambda: remind(factory, settings.public_url))

    def tidy_loop(stop: threading.Event) -> None:
        _repeat(stop, TIDY_SECONDS, lambda: tidy(factory, settings))

    def close() -> None:
        publisher.close()
        engine.dispose()

    return run_worker(
        settings,
        {"outbox": relay.run, "sweeper": sweep_loop, "reminders": reminder_loop, "tidy": tidy_loop},
        checks={"database": lambda: check_database(engine), "broker": publisher.check},
        on_stop=close,
    )


def _repeat(stop: threading.Event, seconds: float, work: object) -> None:
    while not stop.is_set():
        try:
            work()  # type: ignore[operator]
        except Exception:
            log.exception("periodic_work_failed")
        stop.wait(seconds)

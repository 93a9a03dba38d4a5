"""Saying that reminders are due: each once, in the transaction that settles it."""

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger

from munbot_scheduler.appointments.events import record_reminder
from munbot_scheduler.reminders import repository

log = get_logger("scheduler.reminders")

BATCH = 100


def remind(factory: SessionFactory, public_url: str, clock: Clock = utc_now) -> int:
    """Write an event for every reminder that is due; returns how many.

    Args:
        factory: of the scheduler's database.
        public_url: what the citizens' links begin with.
        clock: for tests.
    """
    total, claimed = 0, BATCH
    while claimed == BATCH:
        claimed, sent = _batch(factory, public_url, clock)
        total += sent
    if total:
        log.info("reminders_due", count=total)
    return total


def _batch(factory: SessionFactory, public_url: str, clock: Clock) -> tuple[int, int]:
    """Settle one batch in a transaction of its own: either row and event are both written, or none is."""
    sent = 0
    with unit_of_work(factory) as session:
        now = clock()
        due = repository.claim_due(session, now, limit=BATCH)
        appointments = repository.appointments(session, [row.appointment_id for row, _ in due])
        for row, overtaken in due:
            appointment = appointments[row.appointment_id]
            current = appointment.live and appointment.starts_at == row.starts_at
            row.settled_at = now
            if overtaken or not current or row.starts_at <= now:
                row.outcome = "skipped"
                continue
            row.outcome = "sent"
            record_reminder(session, appointment, hours_before=row.hours_before, public_url=public_url, now=now)
            sent += 1
    return len(due), sent

"""What time alone brings about: messages that waited too long, and rows that are no longer needed."""

import itertools
import threading
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from munbot_whatsapp.base import IDEMPOTENCY_KEYS
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.attempts import LIFETIME
from munbot_whatsapp.deliveries.lanes import EXPIRED
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.states import OPEN, give_up, part_of
from munbot_whatsapp.settings import WorkerSettings

log = get_logger("deliveries")

SWEEP_SECONDS = 60.0
FORGET_MINUTES = 60
KEYS_KEPT = timedelta(days=7)
BATCH = 200


class Sweeper:
    """Gives up what waited a day in lanes that no sender looks at (their account is stopped), and forgets old rows.

    Args:
        factory: sessions.
        settings: how long deliveries are kept.
        clock: the time of day.
    """

    def __init__(self, factory: SessionFactory, settings: WorkerSettings, clock: Clock = utc_now) -> None:
        self._factory = factory
        self._kept = timedelta(days=settings.deliveries_days)
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Give up every minute, forget every hour, until `stop` is set."""
        for minute in itertools.count():
            if stop.is_set():
                return
            try:
                self.give_up_overdue()
                if minute % FORGET_MINUTES == 0:
                    self.forget()
            except Exception:
                log.exception("sweep_failed")
            stop.wait(SWEEP_SECONDS)

    def give_up_overdue(self) -> None:
        """Give up what waited a day."""
        while True:
            with unit_of_work(self._factory) as session:
                if self._give_up(session) < BATCH:
                    return

    def forget(self) -> None:
        """Delete old deliveries of which nothing waits, and old idempotency keys."""
        with unit_of_work(self._factory) as session:
            now = self._clock()
            still_open = select(Part.delivery_id).where(Part.state.in_(OPEN))
            session.execute(
                delete(Delivery).where(Delivery.created_at < now - self._kept, Delivery.id.not_in(still_open))
            )
            session.execute(delete(IDEMPOTENCY_KEYS).where(IDEMPOTENCY_KEYS.c.created_at < now - KEYS_KEPT))

    def _give_up(self, session: Session) -> int:
        now = self._clock()
        overdue = session.execute(
            select(Part.id, Part.account_id, Part.address)
            .join(Delivery, Delivery.id == Part.delivery_id)
            .where(Part.state.in_(OPEN), Delivery.created_at < now - LIFETIME)
            .order_by(Part.account_id, Part.address, Part.position)
            .limit(BATCH)
        ).all()
        for part_id, account_id, address in overdue:
            lane = select(Citizen).where(Citizen.account_id == account_id, Citizen.address == address)
            session.scalars(lane.with_for_update()).one()
            part = part_of(session, part_id)
            if part is not None and part.state in OPEN:
                give_up(session, session.get_one(Delivery, part.delivery_id), EXPIRED, at=now, part=part)
        return len(overdue)

"""The clock of personal data: who has not written for long is forgotten (Ley 21.719: no longer than needed)."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from munbot_common.auth import Principal, Role
from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.problems import Unavailable
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.base import SERVICE
from munbot_conversations.privacy import expiry
from munbot_conversations.privacy.erasing import Eraser
from munbot_conversations.privacy.metrics import EXPIRED
from munbot_conversations.privacy.repository import Mine

log = get_logger("privacy")

TALKS, CONTACTS = 50, 500
"""In one transaction; of the first, files are removed one by one."""
EVERY_SECONDS = 3600.0


class PrivacyClock:
    """Empties old conversations and then contacts who have none left, some at a time.

    Each batch is one transaction, and files go before rows: whoever is killed in between does that batch again.
    Several processes may run it; what one has locked the others leave alone.

    Args:
        factory: of sessions.
        eraser: what a person's own wish uses, too.
        days: for how long after its last message a conversation is kept.
        clock: the time of day.
    """

    def __init__(self, factory: SessionFactory, eraser: Eraser, *, days: int, clock: Clock = utc_now) -> None:
        self._factory = factory
        self._eraser = eraser
        self._kept = timedelta(days=days)
        self._clock = clock

    def run(self, stop: threading.Event) -> None:
        """Look every hour until told to stop."""
        while not stop.is_set():
            try:
                self.forget_old(stop)
            except Unavailable as away:
                log.warning("expiry_waits", store=type(away).__name__)
            except Exception:
                log.exception("expiry_failed")
            stop.wait(EVERY_SECONDS)

    def forget_old(self, stop: threading.Event | None = None) -> Counter[str]:
        """Empty all that is due, or as much as there is time for; returns how much of what.

        Raises:
            Unavailable: the file store or the dialogue is away; what was committed before stays done.
        """
        before = self._clock() - self._kept
        done: Counter[str] = Counter()
        try:
            for batch in (self._conversations, self._contacts):
                while not (stop and stop.is_set()) and self._commit(batch, before, done):
                    pass
        finally:
            if done:
                log.info("personal_data_expired", before=before.isoformat(), **done)
        return done

    def _commit(
        self, batch: Callable[[Session, datetime, Counter[str]], bool], before: datetime, done: Counter[str]
    ) -> bool:
        gone: Counter[str] = Counter()
        with unit_of_work(self._factory) as session:
            more = batch(session, before, gone)
        done.update(gone)
        for kind, count in gone.items():
            EXPIRED.labels(kind).inc(count)
        return more

    def _conversations(self, session: Session, before: datetime, gone: Counter[str]) -> bool:
        old = expiry.old_conversations(session, before, TALKS)
        if not old:
            return False
        ids = tuple(row.id for row in old)
        erased = self._eraser.erase(session, Mine((), ids), ids, self._clock())
        gone.update(conversations=len(ids), files=erased.versions)
        _note(session, "conversations", Counter(row.tenant_id for row in old), before)
        return True

    def _contacts(self, session: Session, before: datetime, gone: Counter[str]) -> bool:
        locked = expiry.old_contacts(session, before, CONTACTS)
        if not locked:
            return False
        sure = expiry.still_old(session, [row.id for row in locked], before)
        if sure:
            ids: tuple[UUID, ...] = tuple(sure)
            self._eraser.erase(session, Mine(ids, ()), (), self._clock())
            gone.update(contacts=len(ids))
            _note(session, "contacts", Counter(row.tenant_id for row in locked if row.id in sure), before)
        return True


def _note(session: Session, kind: str, counts: Counter[str], before: datetime) -> None:
    """Write one entry a tenant and batch: one a contact would bury what officials did.

    In the order of their names, because whoever writes waits for the tenant's log.
    """
    for tenant, count in sorted(counts.items()):
        record(
            session,
            Principal(subject=SERVICE, role=Role.SERVICE, tenant=tenant),
            action="privacy.expire",
            object_type="tenant",
            object_id=tenant,
            after={kind: count, "last_seen_before": before.isoformat()},
        )

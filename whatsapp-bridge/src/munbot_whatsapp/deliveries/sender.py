"""The threads that call providers."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.messaging import Heard
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.deliveries import lanes
from munbot_whatsapp.deliveries.attempts import is_quick, pause, quick_pause
from munbot_whatsapp.deliveries.contents import StoredMedia
from munbot_whatsapp.deliveries.lanes import Grace, Work
from munbot_whatsapp.deliveries.limiter import RateLimiter
from munbot_whatsapp.deliveries.metrics import QUEUED_SECONDS, SEND_SECONDS, SENDS
from munbot_whatsapp.deliveries.states import clean_code
from munbot_whatsapp.providers.base import Account, Decision, OutboundMedia, Outgoing, Provider, SendFailed
from munbot_whatsapp.settings import WorkerSettings

log = get_logger("deliveries")

T = TypeVar("T")

IDLE_SECONDS = 0.5
"""How often the lanes are looked at when nobody wakes the pool: for what other processes queue, and what falls due."""
PER_SECOND = 40.0
STOP_PATIENCE_SECONDS = 5.0


class SenderPool:
    """Sends what is queued: each citizen's messages one at a time and in order, different citizens' side by side.

    One thread at a time looks for work; when it has found some, the next one looks.

    Args:
        factory: sessions.
        settings: how many threads, and how long an uncertain message waits for a status.
        provider: by name (`providers.registry.get`).
        open_account: gives an account with its credentials in the clear (the vault's); raises when it cannot.
        load_media: reads a file from the object store.
        heard: tells how much of the providers' statuses has been heard (the statuses' `Consumer.heard`).
        on_commit: called when there are events in the outbox (`OutboxRelay.wake`).
    """

    def __init__(
        self,
        factory: SessionFactory,
        settings: WorkerSettings,
        *,
        provider: Callable[[str], Provider],
        open_account: Callable[[AccountRow], Account],
        load_media: Callable[[StoredMedia], OutboundMedia],
        heard: Callable[[], Heard | None],
        on_commit: Callable[[], None],
    ) -> None:
        self._factory = factory
        self._threads = settings.senders
        self._seconds = settings.send_grace_seconds
        self._heard = heard
        self._provider = provider
        self._open_account = open_account
        self._load_media = load_media
        self._on_commit = on_commit
        self._limiter = RateLimiter()
        self._looking = threading.Lock()
        self._woken = threading.Event()
        self._at_work: dict[int, Work] = {}

    def wake(self) -> None:
        """Look for work now: call it right after a commit."""
        self._woken.set()

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set; database and providers may come and go."""
        threads = [
            threading.Thread(target=self._serve, args=(stop,), name=f"sender-{number}", daemon=True)
            for number in range(self._threads)
        ]
        for thread in threads:
            thread.start()
        while not stop.wait(self._seconds / 3):
            self._renew()
            if not all(thread.is_alive() for thread in threads):
                msg = "a sender has ended"
                raise RuntimeError(msg)
        self.wake()
        for thread in threads:
            thread.join()

    def _grace(self) -> Grace:
        return Grace(self._seconds, self._heard())

    def _renew(self) -> None:
        """Keep the lanes of those at work, however long their provider takes."""
        for work in list(self._at_work.values()):
            try:
                with unit_of_work(self._factory) as session:
                    lanes.renew(session, work, seconds=self._seconds)
            except DBAPIError:
                log.warning("lane_not_renewed")

    def _serve(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._looking:
                work = self._look(stop)
            while work is not None:
                work = self._carry(work, stop)

    def _look(self, stop: threading.Event) -> Work | None:
        while not stop.is_set():
            self._woken.clear()
            try:
                with unit_of_work(self._factory) as session:
                    work = lanes.claim(session, grace=self._grace())
                if work is not None:
                    return work
            except DBAPIError as error:
                log.warning("lanes_not_read", kind=type(error).__name__)
            self._woken.wait(IDLE_SECONDS)
        return None

    def _carry(self, work: Work, stop: threading.Event) -> Work | None:
        """Send one part and note what became of it; returns the lane's next one."""
        me = threading.get_ident()
        self._at_work[me] = work
        try:
            with bound_correlation_id(work.correlation_id):
                if work.rounds == 1:
                    QUEUED_SECONDS.observe(max(0.0, time.time() - work.queued_at.timestamp()))
                try:
                    result: str | SendFailed = self._send(work, stop)
                except SendFailed as error:
                    result = error
                    self._tell(work, error)
                return self._note(work, result, stop)
        finally:
            del self._at_work[me]

    def _send(self, work: Work, stop: threading.Event) -> str:
        """Hand a part to its provider, in up to three quick tries; returns the provider's id of it.

        Raises:
            SendFailed: not sent, or not known to be.
        """
        provider, account, outgoing = self._prepare(work)
        tried = 0
        while True:
            stop.wait(self._limiter.reserve(work.account.id, _rate(account)))
            tried += 1
            try:
                return self._call(provider, account, outgoing)
            except SendFailed as error:
                if not is_quick(error, tried) or stop.wait(quick_pause(tried)):
                    raise
                if not self._persist(lambda session: lanes.try_again(session, work), stop):
                    raise

    def _prepare(self, work: Work) -> tuple[Provider, Account, Outgoing]:
        try:
            provider = self._provider(work.account.provider)
            account = self._open_account(work.account)
        except Exception as error:
            raise SendFailed(Decision.STOP, "account_unusable", detail=type(error).__name__) from error
        try:
            media = self._load_media(work.body.media) if work.body.media is not None else None
        except SendFailed:
            raise
        except Exception as error:
            raise SendFailed(Decision.RETRY, "media_unavailable", detail=type(error).__name__) from error
        return provider, account, work.body.outgoing(to=work.address, reference=work.reference, media=media)

    @staticmethod
    def _call(provider: Provider, account: Account, outgoing: Outgoing) -> str:
        outcome = "sent"
        try:
            with SEND_SECONDS.labels(provider.name).time():
                return provider.send(account, outgoing)
        except SendFailed as error:
            outcome = "uncertain" if error.uncertain else error.decision.value
            raise
        except Exception as error:
            outcome = "broken"
            log.error("provider_broke", provider=provider.name, kind=type(error).__name__)
            raise SendFailed(Decision.RETRY, "internal", uncertain=True) from error
        finally:
            SENDS.labels(provider.name, outcome).inc()

    def _note(self, work: Work, result: str | SendFailed, stop: threading.Event) -> Work | None:
        def write(session: Session) -> Work | None:
            go_on = not stop.is_set()
            if isinstance(result, str):
                return lanes.sent(session, work, result, grace=self._grace(), go_on=go_on)
            seconds = pause(result, work.rounds)
            return lanes.failed(session, work, result, pause=seconds, grace=self._grace(), go_on=go_on)

        following = self._persist(write, stop)
        self._on_commit()
        return following

    def _persist(self, write: Callable[[Session], T], stop: threading.Event) -> T | None:
        """Run a transaction; while the database is away, again and again: what the provider said must not be lost."""
        wait, patience = 0.1, STOP_PATIENCE_SECONDS
        while True:
            try:
                with unit_of_work(self._factory) as session:
                    return write(session)
            except (OperationalError, InterfaceError) as error:
                log.warning("database_away", kind=type(error).__name__)
                if stop.is_set():
                    patience -= wait
                    if patience <= 0:
                        return None
                time.sleep(wait)
                wait = min(wait * 2, 2.0)

    @staticmethod
    def _tell(work: Work, error: SendFailed) -> None:
        """Leave a line for people; the provider's words and the citizen's address are not for logs."""
        log.warning(
            "not_sent",
            account=work.account.slug,
            part=str(work.part_id),
            decision=error.decision.value,
            code=clean_code(error.code),
            round=work.rounds,
            uncertain=error.uncertain,
        )


def _rate(account: Account) -> float:
    rate = account.options.get("messages_per_second", PER_SECOND)
    return float(rate) if isinstance(rate, int | float) and 0.1 <= rate <= 1000 else PER_SECOND

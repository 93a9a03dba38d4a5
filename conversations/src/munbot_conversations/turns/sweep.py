"""What has to happen without anybody asking: missed turns, ended silences, Rasa's return, cleaning up."""

import threading
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.outbox import OutboxRelay, purge_inbox, record_events

from munbot_conversations.auth import repository as auth
from munbot_conversations.base import IDEMPOTENCY, INBOX, OUTBOX
from munbot_conversations.conversations import events as conversation_events
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.numbers import facts
from munbot_conversations.settings import WorkerSettings
from munbot_conversations.turns import repository
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.metrics import PENDING
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rasa import RasaClient

log = get_logger("sweep")

INBOX_KEPT = timedelta(days=14)
IDEMPOTENCY_KEPT = timedelta(days=2)
PURGE_EVERY_SECONDS = 3600.0


class Sweeper:
    """The loops `poll`, `probe` and `sweep` of a worker. Each is safe to run in several processes at once."""

    def __init__(
        self,
        session_factory: SessionFactory,
        *,
        board: TurnBoard,
        outage: Outage,
        rasa: RasaClient,
        relay: OutboxRelay,
        settings: WorkerSettings,
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._board = board
        self._outage = outage
        self._rasa = rasa
        self._relay = relay
        self._settings = settings
        self._clock = clock

    def poll(self, stop: threading.Event) -> None:
        """Put due conversations on the board that no ingest of this process put there."""
        while not stop.wait(self._settings.poll_seconds):
            try:
                self.poll_once()
            except Exception:
                log.exception("poll_failed")

    def poll_once(self) -> int:
        """Look once; returns how many conversations are due."""
        with unit_of_work(self._factory) as session:
            due = repository.due_conversations(session, self._clock())
        for conversation_id in due:
            self._board.wake(conversation_id)
        return len(due)

    def probe(self, stop: threading.Event) -> None:
        """While Rasa cannot be reached, look for its return, and then answer at once what has waited."""
        while not stop.wait(self._settings.probe_seconds):
            try:
                if self._outage.unreachable and self._rasa.is_ready():
                    self.rasa_is_back()
            except Exception:
                log.exception("probe_failed")

    def rasa_is_back(self) -> None:
        """Make everything due that waited for Rasa, but for what timed out: that may still be under way."""
        with unit_of_work(self._factory) as session:
            count = repository.make_due(session, reasons=("unreachable", "failed"), now=self._clock())
        self._outage.reachable_again()
        log.info("rasa_is_back", messages=count)
        self.poll_once()

    def sweep(self, stop: threading.Event) -> None:
        """End silences whose time is up, measure the queue, and now and then clean up."""
        since_purge = PURGE_EVERY_SECONDS
        while not stop.wait(self._settings.sweep_seconds):
            try:
                self.end_silences()
                with unit_of_work(self._factory) as session:
                    PENDING.set(repository.pending_count(session))
                since_purge += self._settings.sweep_seconds
                if since_purge >= PURGE_EVERY_SECONDS:
                    self.purge()
                    since_purge = 0.0
            except Exception:
                log.exception("sweep_failed")

    def end_silences(self) -> int:
        """Give conversations back to the bot whose person's turn has run out; returns how many."""
        now = self._clock()
        with unit_of_work(self._factory) as session:
            overdue = conversations.overdue_humans(session, now)
            events = []
            for conversation in overdue:
                conversations.give_back_to_bot(conversation)
                events.append(
                    conversation_events.released(
                        tenant=conversation.tenant_id, conversation_id=conversation.id, by="timeout", clock=self._clock
                    )
                )
            facts.person_left(session, [conversation.id for conversation in overdue], now)
            record_events(session, OUTBOX, events)
        if overdue:
            self._relay.wake()
        return len(overdue)

    def purge(self) -> None:
        """Forget what nobody needs any more."""
        now = self._clock()
        with unit_of_work(self._factory) as session:
            purge_inbox(session, INBOX, older_than=INBOX_KEPT, now=self._clock)
            auth.forget_failures(session, before=now - timedelta(days=1))
            session.execute(IDEMPOTENCY.delete().where(IDEMPOTENCY.c.created_at < now - IDEMPOTENCY_KEPT))

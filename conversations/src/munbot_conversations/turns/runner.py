"""The turn threads: take a conversation, answer its messages in order, let it go."""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import bound_correlation_id, get_logger
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from munbot_conversations.conversations.rules import bot_may_speak, dialogue_sender
from munbot_conversations.files.pictures import Pictures
from munbot_conversations.messages.rules import offered_payloads
from munbot_conversations.settings import WorkerSettings
from munbot_conversations.turns import joining, repository
from munbot_conversations.turns.answers import Answers, Bubble
from munbot_conversations.turns.board import TurnBoard
from munbot_conversations.turns.hearing import Heard, hear
from munbot_conversations.turns.illustrating import illustrated
from munbot_conversations.turns.metrics import DISCARDED, RASA_SECONDS, TURN_SECONDS, TURNS
from munbot_conversations.turns.outage import Outage
from munbot_conversations.turns.rasa import RasaAway, RasaClient, RasaRefused
from munbot_conversations.turns.repository import Turn
from munbot_conversations.turns.rules import FAILED_TRIES_LIMIT, TIMEOUT_LOOKS, Reply

log = get_logger("turns")

BOARD_WAIT_SECONDS = 0.5
DATABASE_AWAY_SECONDS = 1.0


class TurnRunner:
    """Answers messages. One per process; `run` in as many threads as wanted.

    Each thread has a database connection of its own and holds an advisory lock on it while it works on a conversation,
    so that no other thread of any process does; the lock ends with the connection. While Rasa is asked, no transaction
    is open.

    Args:
        engine: the database.
        rasa: the dialogue.
        board: what has to be answered.
        outage: what is known of Rasa's health.
        settings: limits.
        on_commit: called after each commit that wrote events.
        pictures: finds the pictures of replies; without it citizens get their addresses.
        on_recovery: called when Rasa answers after it has failed somebody.
        clock: the time of day.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        rasa: RasaClient,
        board: TurnBoard,
        outage: Outage,
        settings: WorkerSettings,
        on_commit: Callable[[], None],
        pictures: Pictures | None = None,
        on_recovery: Callable[[], None] = lambda: None,
        clock: Clock = utc_now,
    ) -> None:
        self._engine = engine
        self._rasa = rasa
        self._board = board
        self._outage = outage
        self._settings = settings
        self._on_commit = on_commit
        self._pictures = pictures
        self._on_recovery = on_recovery
        self._clock = clock
        self._answers = Answers(clock)

    def run(self, stop: threading.Event) -> None:
        """Answer until `stop` is set; the database may come and go."""
        while not stop.is_set():
            try:
                with self._engine.connect() as connection:
                    self._serve(Session(connection, expire_on_commit=False), stop)
            except Exception:
                log.exception("turn_connection_failed")
                stop.wait(DATABASE_AWAY_SECONDS)

    def _serve(self, session: Session, stop: threading.Event) -> None:
        while not stop.is_set():
            conversation_id = self._board.take(BOARD_WAIT_SECONDS)
            if conversation_id is None:
                continue
            try:
                self._converse(session, conversation_id, stop)
            finally:
                self._board.done(conversation_id)

    def _converse(self, session: Session, conversation_id: UUID, stop: threading.Event) -> None:
        got_lock = repository.try_lock(session, conversation_id)
        if not got_lock:
            session.rollback()
            return
        try:
            while not stop.is_set() and self.take_turn(session, conversation_id):
                pass
        except BaseException:
            session.rollback()
            session.connection().invalidate()  # gives the lock back, whatever state the session is in
            raise
        repository.unlock(session, conversation_id)
        session.commit()

    def take_turn(self, session: Session, conversation_id: UUID) -> bool:
        """Answer the oldest due message of a locked conversation; False when there is none."""
        turn = self._claim(session, conversation_id)
        session.commit()
        if turn is None:
            return False
        started = time.perf_counter()
        with bound_correlation_id(turn.correlation_id):
            try:
                outcome = self._handle(session, turn)
            except (SQLAlchemyError, MemoryError):
                raise
            except Exception:
                log.exception("turn_failed", message_id=str(turn.message_id))
                session.rollback()
                outcome = self._store(session, turn, [Bubble.of_text("poison")], unanswered=turn.text)
            session.commit()
            self._on_commit()
        TURN_SECONDS.observe(time.perf_counter() - started)
        TURNS.labels(outcome).inc()
        log.info("turn", message_id=str(turn.message_id), outcome=outcome, attempts=turn.attempts)
        return outcome != "deferred"

    def _claim(self, session: Session, conversation_id: UUID) -> Turn | None:
        now = self._clock()
        turn = repository.claim_next(session, conversation_id, now)
        if turn is None:
            return None
        turn, joined = joining.join(session, turn, window=self._settings.join_window, now=now)
        self._answers.joined(session, turn, joined)
        return turn

    def _handle(self, session: Session, turn: Turn) -> str:
        """Answer one message in a transaction that the caller commits; return what came of it."""
        now = self._clock()
        if not bot_may_speak(status=turn.status, mode=turn.mode, human_until=turn.human_until, now=now):
            session.commit()
            farewell = self._farewell(turn)
            if farewell:
                return self._store(session, turn, farewell, unanswered=None)
            self._answers.silence(session, turn)
            return "silenced"
        heard = hear(
            turn,
            offered=lambda: offered_payloads(repository.offered(session, turn.conversation_id)),
            limit=self._settings.rasa_text_limit,
            sure=self._settings.voice_sure,
        )
        office_asks = repository.asked_by_office(session, turn) if turn.channel in joining.CHANNELS else None
        session.commit()  # nothing is open while Rasa thinks
        if not heard.words:
            return self._store(session, turn, list(heard.says), unanswered=None)
        return self._answer(session, turn, heard, now, office_asks)

    def _answer(
        self, session: Session, turn: Turn, heard: Heard, now: datetime, office_asks: list[dict[str, str]] | None
    ) -> str:
        asked, first = heard.words, heard.says
        try:
            replies = self._ask(turn, asked, office_asks)
        except RasaRefused:
            log.warning("rasa_refused", message_id=str(turn.message_id))
            return self._store(session, turn, [Bubble.of_text("poison")], unanswered=asked)
        except RasaAway as away:
            return self._rasa_away(session, turn, away, asked, now)
        if self._outage.answered(self._clock()):
            self._on_recovery()
        if not replies:
            return self._store(session, turn, [*first, Bubble.of_text("fallback")], unanswered=asked)
        return self._store(session, turn, [*first, *map(Bubble, replies)], unanswered=None)

    def _farewell(self, turn: Turn) -> list[Bubble]:
        """Return what the bot said when this very message made it ask for a person, if that was not stored yet.

        The handoff is noted while Rasa still works on the message; had the worker died then, "una persona le
        responderá" would be lost. Once an agent has the conversation, it stays lost.
        """
        asked_for_person = turn.waiting_since is not None and turn.waiting_since >= turn.created_at
        if turn.status != "open" or turn.attempts < 2 or not asked_for_person or turn.assigned_agent_id is not None:
            return []
        sender = dialogue_sender(turn.conversation_id, turn.session_number)
        try:
            replies = self._rasa.earlier_replies(sender=sender, message_id=str(turn.message_id))
        except RasaAway:
            return []
        return [Bubble(reply) for reply in replies or ()]

    def _ask(self, turn: Turn, words: str, office_asks: list[dict[str, str]] | None) -> list[Reply]:
        """Return Rasa's replies, from its tracker when it may have been asked before.

        Raises:
            RasaAway, RasaRefused: as the client does.
        """
        sender = dialogue_sender(turn.conversation_id, turn.session_number)
        message_id = str(turn.message_id)
        fresh = self._board.is_fresh(turn.message_id)
        if turn.attempts > 1 or not fresh:
            known = self._rasa.earlier_replies(sender=sender, message_id=message_id)
            if known is not None:
                return known
            if turn.last_error == "timeout" and turn.attempts <= TIMEOUT_LOOKS + 1:
                raise RasaAway("timeout")  # it may still be thinking: asking again now would say it twice
        metadata = {
            "message_id": message_id,
            "tenant": turn.tenant,
            "channel": turn.channel,
            "conversation_id": str(turn.conversation_id),
            "timezone": turn.timezone,
            "kind": turn.kind,
            "location": turn.location,
            "media": turn.media,
            "phone": turn.phone,
            "office_asks": office_asks,
        }
        with RASA_SECONDS.time():
            replies = list(self._rasa.ask(sender=sender, message=words, metadata=metadata))
        if not replies and self._rasa.earlier_replies(sender=sender, message_id=message_id) is None:
            # Rasa's REST channel answers an inner failure, and a missing model, with 200 and nothing.
            raise RasaAway("failed" if self._rasa.is_ready() else "unreachable")
        return replies

    def _rasa_away(self, session: Session, turn: Turn, away: RasaAway, asked: str, now: datetime) -> str:
        self._outage.failed(away.reason)
        log.warning("rasa_away", reason=away.reason, message_id=str(turn.message_id), attempts=turn.attempts)
        if now - turn.created_at >= self._settings.outage_handoff:
            self._answers.give_to_person(session, turn)
            return "handed_over"
        alone = away.reason == "failed" and self._outage.others_answered_since(turn.created_at)
        if alone and turn.attempts >= FAILED_TRIES_LIMIT:
            return self._store(session, turn, [Bubble.of_text("poison")], unanswered=asked)
        self._answers.postpone(session, turn, reason=away.reason)
        return "deferred"

    def _store(self, session: Session, turn: Turn, bubbles: list[Bubble], *, unanswered: str | None) -> str:
        said = illustrated(turn, bubbles, self._pictures)
        if self._answers.answer(session, turn, said, unanswered_text=unanswered):
            return "answered"
        DISCARDED.inc(len(bubbles))
        return "discarded"

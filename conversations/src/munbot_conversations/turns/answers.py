"""The writing half of a turn: replies, silence, delay and giving up, each one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.ids import uuid7
from munbot_common.outbox import record_events
from munbot_contracts import Event
from sqlalchemy.orm import Session

from munbot_conversations.base import OUTBOX
from munbot_conversations.conversations import events as conversation_events
from munbot_conversations.messages import events as message_events
from munbot_conversations.messages.events import Outcome
from munbot_conversations.messages.rules import preview, storable, storable_json
from munbot_conversations.numbers import facts
from munbot_conversations.tenants import service as tenants
from munbot_conversations.texts import say
from munbot_conversations.turns import repository
from munbot_conversations.turns.repository import Turn
from munbot_conversations.turns.rules import Reply, Unanswered, backoff, unanswered_in
from munbot_conversations.unanswered import repository as unanswered


@dataclass(frozen=True, slots=True)
class Bubble:
    """A reply that is about to be stored."""

    reply: Reply
    sender_type: Literal["bot", "system"] = "bot"

    @classmethod
    def of_text(cls, key: str, sender_type: Literal["bot", "system"] = "bot") -> "Bubble":
        """Return a bubble with a text from the resource file."""
        return cls(Reply(text=say(key)), sender_type)


class Answers:
    """Stores what a turn came to. Nothing is stored for the citizen once somebody else has the word.

    Args:
        clock: the time of day.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def answer(self, session: Session, turn: Turn, bubbles: Sequence[Bubble], *, unanswered_text: str | None) -> bool:
        """Store the replies and end the turn.

        Args:
            session: the turn's session, in the transaction that commits this.
            turn: the message.
            bubbles: what to say.
            unanswered_text: the question, when it counts as unanswered.

        Returns:
            False when a person took over meanwhile: the replies are discarded then.
        """
        now = self._clock()
        last = repository.advance(
            session, turn, by=len(bubbles), values={"outage_told_at": None, **_seen(bubbles, now)}
        )
        if last is None:
            self._discard(session, turn, now)
            return False
        if not repository.settle(session, turn, state="handled", outcome="answered", now=now):
            session.rollback()
            return True
        rows = self._rows(turn, bubbles, first_seq=last - len(bubbles) + 1, now=now)
        repository.insert_messages(session, rows)
        self._count_unanswered(session, turn, bubbles, unanswered_text, now)
        self._record(session, turn, rows, "answered", replies=len(rows))
        return True

    def _count_unanswered(
        self, session: Session, turn: Turn, bubbles: Sequence[Bubble], text: str | None, now: datetime
    ) -> None:
        """Count the question in the transaction that stores the reply: both happen once, or not at all."""
        asked = Unanswered(text) if text else unanswered_in([bubble.reply for bubble in bubbles])
        if asked is not None:
            unanswered.count(
                session,
                tenant=turn.tenant,
                question=storable(asked.question),
                intent=asked.intent,
                confidence=asked.confidence,
                conversation_id=turn.conversation_id,
                message_id=turn.message_id,
                now=now,
            )

    def joined(self, session: Session, turn: Turn, message_ids: Sequence[UUID]) -> None:
        """Tell of messages that will be answered together with the one of this turn."""
        record_events(
            session,
            OUTBOX,
            [self._done(turn, "joined", replies=0, message_id=message_id) for message_id in message_ids],
        )

    def silence(self, session: Session, turn: Turn) -> None:
        """End the turn without a word: a person has it, or the conversation is closed."""
        if repository.settle(session, turn, state="handled", outcome="silenced", now=self._clock()):
            self._record(session, turn, [], "silenced", replies=0)

    def postpone(self, session: Session, turn: Turn, *, reason: str) -> None:
        """Leave the message for later; the citizen is told once per outage."""
        now = self._clock()
        repository.postpone(session, turn, until=now + backoff(turn.attempts), reason=reason)
        rows: list[dict[str, Any]] = []
        if turn.outage_told_at is None:
            bubbles = [Bubble.of_text("outage", "system")]
            last = repository.advance(session, turn, by=1, values={"outage_told_at": now, **_seen(bubbles, now)})
            if last is not None:
                rows = self._rows(turn, bubbles, first_seq=last, now=now)
                repository.insert_messages(session, rows)
        if turn.last_error is None:
            self._record(session, turn, rows, "deferred", replies=len(rows))
        elif rows:
            record_events(session, OUTBOX, self._outbound(turn, rows))

    def give_to_person(self, session: Session, turn: Turn) -> None:
        """Stop waiting for Rasa: tell the citizen, silence the bot and ask for a person."""
        now = self._clock()
        until = now + timedelta(minutes=turn.takeover_minutes)
        bubbles = [Bubble.of_text("outage_handoff", "system")]
        last = repository.advance(
            session,
            turn,
            by=1,
            values={
                "mode": "human",
                "version": turn.version + 1,
                "human_until": until,
                "human_minutes": turn.takeover_minutes,
                "waiting_since": now,
                "handoff_reason": "outage",
                "outage_told_at": None,
                **_seen(bubbles, now),
            },
        )
        if last is None:
            self._discard(session, turn, now)
            return
        repository.settle(session, turn, state="handled", outcome="silenced", now=now)
        rows = self._rows(turn, bubbles, first_seq=last, now=now)
        repository.insert_messages(session, rows)
        facts.person_asked(session, tenant=turn.tenant, conversation_id=turn.conversation_id, reason="outage", now=now)
        self._record(session, turn, rows, "silenced", replies=1)
        requested = conversation_events.handoff_requested(
            tenant=turn.tenant,
            conversation_id=turn.conversation_id,
            reason="outage",
            human_until=until,
            open_now=tenants.attention_of(session, turn.tenant, now).open_now,
            clock=self._clock,
        )
        record_events(session, OUTBOX, [requested])

    def _discard(self, session: Session, turn: Turn, now: datetime) -> None:
        if repository.settle(session, turn, state="discarded", outcome="silenced", now=now):
            self._record(session, turn, [], "silenced", replies=0)

    def _rows(self, turn: Turn, bubbles: Sequence[Bubble], *, first_seq: int, now: datetime) -> list[dict[str, Any]]:
        return [
            {
                "id": uuid7(),
                "tenant_id": turn.tenant,
                "conversation_id": turn.conversation_id,
                "seq": first_seq + index,
                "channel": turn.channel,
                "account": turn.account,
                "direction": "out",
                "sender_type": bubble.sender_type,
                "kind": "text",
                "text": _text(bubble.reply),
                "buttons": bubble.reply.button_objects or None,
                "custom": storable_json(bubble.reply.custom),
                "state": "handled",
                "session_number": turn.session_number,
                "in_reply_to": turn.message_id,
                "turn_index": index,
                "turn_count": len(bubbles),
                "correlation_id": turn.correlation_id,
                "created_at": now,
                "handled_at": now,
            }
            for index, bubble in enumerate(bubbles)
        ]

    def _outbound(self, turn: Turn, rows: Sequence[dict[str, Any]]) -> list[Event[Any]]:
        return message_events.outbound_all(rows, recipient=turn.recipient, clock=self._clock)

    def _record(
        self, session: Session, turn: Turn, rows: Sequence[dict[str, Any]], outcome: Outcome, *, replies: int
    ) -> None:
        done = self._done(turn, outcome, replies=replies, message_id=turn.message_id)
        record_events(session, OUTBOX, [*self._outbound(turn, rows), done])

    def _done(self, turn: Turn, outcome: Outcome, *, replies: int, message_id: UUID) -> Event[Any]:
        return message_events.handled(
            tenant=turn.tenant,
            message_id=message_id,
            conversation_id=turn.conversation_id,
            channel=turn.channel,
            outcome=outcome,
            replies=replies,
            clock=self._clock,
        )


def _text(reply: Reply) -> str:
    return storable("\n".join(part for part in (reply.text, reply.image) if part))


def _seen(bubbles: Sequence[Bubble], now: datetime) -> dict[str, Any]:
    if not bubbles:
        return {}
    last = bubbles[-1]
    return {"last_message_at": now, "last_text": preview(_text(last.reply)), "last_sender": last.sender_type}

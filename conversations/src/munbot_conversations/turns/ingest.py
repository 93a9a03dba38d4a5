"""The queue's entrance: store a message, once, in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.outbox import first_time, record_events
from munbot_contracts import Event
from munbot_contracts.messages import MessageInitiated, MessageKind, MessageMedia, MessageReceived
from sqlalchemy.orm import Session

from munbot_conversations.base import INBOX, OUTBOX
from munbot_conversations.conversations import events as conversation_events
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.conversations import rules as conversation_rules
from munbot_conversations.messages import events as message_events
from munbot_conversations.messages import repository as messages
from munbot_conversations.messages.rules import preview, storable
from munbot_conversations.numbers import facts
from munbot_conversations.settings import WorkerSettings
from munbot_conversations.texts import kind_in_words
from munbot_conversations.turns import joining
from munbot_conversations.turns.arrivals import Place, live_conversation

CONSUMER = "conversations.messages"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What storing a message led to."""

    conversation_id: UUID
    message_id: UUID
    asks_bot: bool
    has_events: bool
    waits: float = 0.0
    """Seconds until its turn may come."""


class Ingest:
    """Stores what channels tell. One transaction each; a redelivery changes nothing.

    Args:
        session_factory: the database.
        settings: for how long a silence starts the dialogue anew.
        on_stored: called after the commit of each new message, and when what a message waited for has come.
        clock: the time of day.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        settings: WorkerSettings,
        on_stored: Callable[[Ingested], None],
        clock: Clock = utc_now,
    ) -> None:
        self._factory = session_factory
        self._settings = settings
        self._on_stored = on_stored
        self._clock = clock

    def received(self, event: Event[Any], data: MessageReceived) -> None:
        """Store one message of a citizen.

        Raises:
            PermanentError: the tenant is unknown.
        """
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                return
            stored = self._store(session, event, data)
        if stored is not None:
            self._on_stored(stored)

    def media(self, event: Event[Any], data: MessageMedia) -> None:
        """Keep what became of a message's file; its turn comes now.

        Raises:
            LookupError: the message is not stored yet; the event has overtaken it in a retry queue, and comes again.
        """
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                return
            noted = messages.note_media(session, tenant=event.tenant, data=data, now=self._clock())
            if noted is None:
                msg = "a file of an unknown message"
                raise LookupError(msg)
            if data.transcript:
                said = preview(f"{kind_in_words(noted.kind)}: {storable(data.transcript)}")
                conversations.show_as_last(session, noted.conversation_id, seq=noted.seq, text=said)
            news = message_events.stored(
                tenant=event.tenant,
                message_id=data.message_id,
                conversation_id=noted.conversation_id,
                seq=noted.seq,
                sender_type="citizen",
                channel=data.channel,
                kind=noted.kind,
                clock=self._clock,
            )
            record_events(session, OUTBOX, [news])
        self._on_stored(Ingested(noted.conversation_id, data.message_id, asks_bot=noted.pending, has_events=True))

    def initiated(self, event: Event[Any], data: MessageInitiated) -> None:
        """Store what the office wrote first; who has the word stays as it is.

        Raises:
            PermanentError: the tenant is unknown.
        """
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                return
            now = self._clock()
            place = Place(event.tenant, data.channel, data.account, storable(data.recipient.address)[:200])
            conversation, out = live_conversation(session, place, data.recipient, self._clock)
            if not messages.add_initiated(session, conversation, data, now=now):
                session.rollback()
                return
            conversation.last_seq += 1
            conversation.last_message_at = now
            conversation.last_text = preview(storable(data.text))
            conversation.last_sender = "system"
            out.append(
                message_events.stored(
                    tenant=event.tenant,
                    message_id=data.message_id,
                    conversation_id=conversation.id,
                    seq=conversation.last_seq,
                    sender_type="system",
                    channel=data.channel,
                    clock=self._clock,
                )
            )
            session.flush()
            record_events(session, OUTBOX, out)
            conversation_id = conversation.id
        self._on_stored(Ingested(conversation_id, data.message_id, asks_bot=False, has_events=bool(out)))

    def _store(self, session: Session, event: Event[Any], data: MessageReceived) -> Ingested | None:
        now = self._clock()
        place = Place(event.tenant, data.channel, data.account, storable(data.sender.address)[:200])
        conversation, out = live_conversation(session, place, data.sender, self._clock, named=data.conversation_id)
        if conversation_rules.silence_is_over(conversation.mode, conversation.human_until, now):
            conversations.give_back_to_bot(conversation)
            facts.person_left(session, [conversation.id], now)
            out.append(
                conversation_events.released(
                    tenant=event.tenant, conversation_id=conversation.id, by="timeout", clock=self._clock
                )
            )
        comes_back = conversation_rules.starts_anew(conversation.last_inbound_at, now, self._settings.session_idle)
        if comes_back:
            conversation.session_number += 1
        comes = comes_back or conversation.last_inbound_at is None
        asks_bot = conversation.mode == "bot" and data.kind is not MessageKind.REACTION
        waits = self._wait(data) if asks_bot else timedelta(0)
        added = messages.add_inbound(
            session,
            conversation,
            data,
            text=storable(data.text),
            correlation_id=event.correlationid,
            due=now + waits if asks_bot else None,
            now=now,
        )
        if not added:  # the channel sent it before, in another event
            session.rollback()
            return None
        if waits and not data.media_pending:
            joining.prolong(session, conversation.id, window=waits, now=now)
        if comes:
            facts.came(session, conversation, now)
        conversation.last_seq += 1
        conversation.inbound_count += 1
        conversation.last_message_at = conversation.last_inbound_at = now
        conversation.last_text = preview(storable(data.text)) or kind_in_words(data.kind)
        conversation.last_sender = "citizen"
        out.append(
            message_events.stored(
                tenant=event.tenant,
                message_id=data.message_id,
                conversation_id=conversation.id,
                seq=conversation.last_seq,
                sender_type="citizen",
                channel=data.channel,
                kind=data.kind,
                clock=self._clock,
            )
        )
        if not asks_bot:
            out.append(
                message_events.handled(
                    tenant=event.tenant,
                    message_id=data.message_id,
                    conversation_id=conversation.id,
                    channel=data.channel,
                    outcome="silenced",
                    replies=0,
                    clock=self._clock,
                )
            )
        session.flush()
        record_events(session, OUTBOX, out)
        return Ingested(
            conversation.id, data.message_id, asks_bot=asks_bot, has_events=bool(out), waits=waits.total_seconds()
        )

    def _wait(self, data: MessageReceived) -> timedelta:
        """Return how long a message's turn waits: for its file, or for what the citizen may write next."""
        if data.media_pending:
            return timedelta(seconds=self._settings.media_wait_seconds)
        plain = joining.joins(channel=data.channel, kind=data.kind, payload=data.payload, opt=data.opt)
        return self._settings.join_window if plain else timedelta(0)

"""The queue's entrance: store a citizen's message, once, in its place."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import PermanentError
from munbot_common.outbox import first_time, record_events
from munbot_contracts import Event
from munbot_contracts.messages import MessageReceived
from sqlalchemy.orm import Session

from munbot_conversations.base import INBOX, OUTBOX
from munbot_conversations.contacts import repository as contacts
from munbot_conversations.conversations import events as conversation_events
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.conversations import rules as conversation_rules
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages import events as message_events
from munbot_conversations.messages import repository as messages
from munbot_conversations.messages.rules import preview, storable
from munbot_conversations.settings import WorkerSettings
from munbot_conversations.tenants import repository as tenants

CONSUMER = "conversations.messages"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What storing a message led to."""

    conversation_id: UUID
    message_id: UUID
    asks_bot: bool
    has_events: bool


class Ingest:
    """Stores inbound messages. One transaction each; a redelivery changes nothing.

    Args:
        session_factory: the database.
        settings: for how long a silence starts the dialogue anew.
        on_stored: called after the commit of each new message.
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

    def _store(self, session: Session, event: Event[Any], data: MessageReceived) -> Ingested | None:
        now = self._clock()
        out: list[Event[Any]] = []
        conversation = self._conversation(session, event.tenant, data, out)
        if conversation_rules.silence_is_over(conversation.mode, conversation.human_until, now):
            conversations.give_back_to_bot(conversation)
            out.append(
                conversation_events.released(
                    tenant=event.tenant, conversation_id=conversation.id, by="timeout", clock=self._clock
                )
            )
        if conversation_rules.starts_anew(conversation.last_inbound_at, now, self._settings.session_idle):
            conversation.session_number += 1
        asks_bot = conversation.mode == "bot"
        added = messages.add_inbound(
            session,
            conversation,
            data,
            text=storable(data.text),
            correlation_id=event.correlationid,
            asks_bot=asks_bot,
            now=now,
        )
        if not added:  # the channel sent it before, in another event
            session.rollback()
            return None
        conversation.last_seq += 1
        conversation.last_message_at = conversation.last_inbound_at = now
        conversation.last_text = preview(storable(data.text)) or f"[{data.kind}]"
        conversation.last_sender = "citizen"
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
        return Ingested(conversation.id, data.message_id, asks_bot=asks_bot, has_events=bool(out))

    def _conversation(
        self, session: Session, tenant: str, data: MessageReceived, out: list[Event[Any]]
    ) -> Conversation:
        place = {
            "tenant": tenant,
            "channel": data.channel,
            "account": data.account,
            "address": storable(data.sender.address)[:200],
        }
        live = conversations.lock_live(session, **place)
        if live is None and data.conversation_id is not None:
            named = conversations.get(session, tenant, data.conversation_id)
            if named is not None and (named.channel, named.account) == (data.channel, data.account):
                place["address"] = named.address  # the channel knows the conversation better than the address
                live = conversations.lock_live(session, **place)
        if live is not None:
            return live
        if not tenants.exists(session, tenant):
            msg = "unknown tenant"
            raise PermanentError(msg)
        contact_id = contacts.resolve(session, **place, name=data.sender.name, phone=data.sender.phone)
        created = conversations.open_new(session, **place, contact_id=contact_id, now=self._clock())
        live = conversations.lock_live(session, **place)
        if live is None:
            msg = "the conversation was closed at the same moment"
            raise RuntimeError(msg)
        if created:
            out.append(conversation_events.opened(live, self._clock))
        return live

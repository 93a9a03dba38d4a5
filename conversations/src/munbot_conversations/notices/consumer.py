"""The queue's entrance for news from the other services."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.messaging import Subscription
from munbot_common.outbox import first_time, record_events
from munbot_contracts import routing_key
from munbot_contracts.appointments import APPOINTMENT_BOOKED, APPOINTMENT_CANCELLED, APPOINTMENT_RESCHEDULED
from munbot_contracts.complaints import (
    COMPLAINT_COMMENTED,
    COMPLAINT_CREATED,
    COMPLAINT_REOPENED,
    COMPLAINT_STATUS_CHANGED,
)
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import Sender
from sqlalchemy.orm import Session

from munbot_conversations.base import INBOX, OUTBOX, SERVICE
from munbot_conversations.contacts import events as contact_events
from munbot_conversations.contacts import repository as contacts
from munbot_conversations.conversations import repository as conversations
from munbot_conversations.conversations.models import Conversation
from munbot_conversations.messages import events
from munbot_conversations.messages.models import Message
from munbot_conversations.messages.rules import preview, storable
from munbot_conversations.notices.rules import introduction_of, notice_of
from munbot_conversations.turns.arrivals import Place, live_conversation

CONSUMER = f"{SERVICE}.notices"
HEARD = (
    COMPLAINT_CREATED,
    APPOINTMENT_BOOKED,
    COMPLAINT_STATUS_CHANGED,
    COMPLAINT_REOPENED,
    COMPLAINT_COMMENTED,
    APPOINTMENT_RESCHEDULED,
    APPOINTMENT_CANCELLED,
)
NOTICES = Subscription(CONSUMER, tuple(routing_key(kind) for kind in HEARD), single_active=True)
"""One consumer at a time, so that the moves of a complaint are told in their order."""

_NAMESPACE = UUID("d5f4b0de-6a1a-4a55-9c58-0a6f0f3f6b10")


class NoticeHandler:
    """Writes to the citizen what officials did, where the matter came from, and keeps who the citizen said to be.

    Who has the word stays as it is.

    Args:
        session_factory: the database.
        on_commit: called after each notice that was stored.
        clock: the time of day.
    """

    def __init__(self, session_factory: SessionFactory, on_commit: Callable[[], None], clock: Clock = utc_now) -> None:
        self._factory = session_factory
        self._on_commit = on_commit
        self._clock = clock

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event; a redelivery changes nothing."""
        about = notice_of(event) or introduction_of(event)
        if about is None:
            return
        conversation_id, told = about
        with unit_of_work(self._factory) as session:
            if not first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                return
            known = conversations.get(session, event.tenant, conversation_id)
            if known is None:  # it came by telephone, or another office's id
                return
            if isinstance(told, str):
                self._tell(session, event, known, storable(told))
            else:
                _introduce(session, known, told, self._clock)
        self._on_commit()

    def _tell(self, session: Session, event: AnyEvent, known: Conversation, text: str) -> None:
        address = conversations.address_of(session, known)
        if address is None:  # erased, or so long ago that nobody is known there any more
            return
        place = Place(event.tenant, known.channel, known.account, address)
        conversation, out = live_conversation(session, place, Sender(address=address), self._clock)
        now = self._clock()
        conversation.last_seq += 1
        conversation.last_message_at = now
        conversation.last_text = preview(text)
        conversation.last_sender = "system"
        message = _message(conversation, event, text, now)
        session.add(message)
        session.flush()
        row = {column.name: getattr(message, column.name) for column in Message.__table__.columns}
        out.append(events.outbound(row, recipient=conversation.address, clock=self._clock))
        out.append(
            events.stored(
                tenant=conversation.tenant_id,
                message_id=message.id,
                conversation_id=conversation.id,
                seq=message.seq,
                sender_type="system",
                channel=conversation.channel,
                clock=self._clock,
            )
        )
        record_events(session, OUTBOX, out)


def _introduce(session: Session, conversation: Conversation, told: dict[str, str | None], clock: Clock) -> None:
    contact = contacts.get(session, conversation.tenant_id, conversation.contact_id, lock=True)
    if contact is not None:
        contacts.complete(session, contact, told)
        record_events(session, OUTBOX, [contact_events.changed(contact, clock)])


def _message(conversation: Conversation, event: AnyEvent, text: str, now: datetime) -> Message:
    return Message(
        id=uuid5(_NAMESPACE, str(event.id)),
        tenant_id=conversation.tenant_id,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        channel=conversation.channel,
        account=conversation.account,
        direction="out",
        sender_type="system",
        kind="text",
        text=text,
        state="handled",
        session_number=conversation.session_number,
        turn_index=0,
        turn_count=1,
        correlation_id=event.correlationid,
        created_at=now,
        handled_at=now,
    )

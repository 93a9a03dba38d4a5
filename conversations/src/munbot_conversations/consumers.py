"""The queue's entrance: messages from the channels, their files, and what became of ours."""

import threading

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import PermanentError, Subscription
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import (
    MESSAGE_INITIATED,
    MESSAGE_MEDIA,
    MESSAGE_RECEIVED,
    MESSAGE_STATUS,
    MessageInitiated,
    MessageMedia,
    MessageReceived,
    MessageStatus,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from munbot_conversations.messages import repository as messages
from munbot_conversations.turns.ingest import CONSUMER, Ingest

log = get_logger("consumers")

MESSAGES = Subscription(
    CONSUMER,
    tuple(routing_key(kind) for kind in (MESSAGE_RECEIVED, MESSAGE_MEDIA, MESSAGE_INITIATED, MESSAGE_STATUS)),
    single_active=True,
)
"""One consumer at a time: two would store one citizen's messages in the order of their commits, not of the queue."""

DATABASE_PATIENCE_SECONDS = 30.0


class MessageHandler:
    """Hands each event to its function.

    While the database is away it waits instead of failing: the retry queues would let later messages overtake. Its
    patience ends before the broker would miss a heartbeat.
    """

    def __init__(self, ingest: Ingest, session_factory: SessionFactory) -> None:
        self._ingest = ingest
        self._factory = session_factory
        self.stop = threading.Event()

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event."""
        pause, waited = 0.1, 0.0
        while True:
            try:
                self._handle(event)
            except (OperationalError, InterfaceError):
                if waited >= DATABASE_PATIENCE_SECONDS or self.stop.is_set():
                    raise
                log.warning("database_away", waited=round(waited, 1))
                self.stop.wait(pause)
                waited += pause
                pause = min(pause * 2, 2.0)
            else:
                return

    def _handle(self, event: AnyEvent) -> None:
        if event.type == MESSAGE_RECEIVED:
            self._ingest.received(event, MessageReceived.model_validate(event.data))
        elif event.type == MESSAGE_MEDIA:
            self._ingest.media(event, MessageMedia.model_validate(event.data))
        elif event.type == MESSAGE_INITIATED:
            self._ingest.initiated(event, MessageInitiated.model_validate(event.data))
        elif event.type == MESSAGE_STATUS:
            status = MessageStatus.model_validate(event.data)
            with unit_of_work(self._factory) as session:
                messages.note_status(
                    session,
                    tenant=event.tenant,
                    message_id=status.message_id,
                    status=status.status,
                    error=status.error_code,
                )
        else:
            msg = "unexpected event type"
            raise PermanentError(msg)

"""The queue's entrance: the hub's bubbles become deliveries."""

import threading
from collections.abc import Callable

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import PermanentError, Subscription
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MESSAGE_OUTBOUND, MessageOutbound
from sqlalchemy.exc import InterfaceError, OperationalError

from munbot_whatsapp.accounts import repository as accounts
from munbot_whatsapp.deliveries import service
from munbot_whatsapp.deliveries.contents import Content, StoredMedia
from munbot_whatsapp.providers.base import Provider

log = get_logger("deliveries")

OUTBOUND = Subscription("whatsapp.outbound", (routing_key(MESSAGE_OUTBOUND),), single_active=True)
"""One consumer at a time: two would queue one citizen's bubbles in the order of their commits, not of the hub."""

DATABASE_PATIENCE_SECONDS = 30.0
_FILES = ("image", "document", "audio")


class OutboundHandler:
    """Queues each bubble once, for the senders.

    While the database is away it waits instead of failing: the retry queues would let later bubbles overtake.

    Args:
        factory: sessions.
        provider: by name.
        on_queued: called after each commit; wakes the senders.
    """

    def __init__(
        self, factory: SessionFactory, *, provider: Callable[[str], Provider], on_queued: Callable[[], None]
    ) -> None:
        self._factory = factory
        self._provider = provider
        self._on_queued = on_queued
        self.stop = threading.Event()

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event.

        Raises:
            PermanentError: of an account that does not exist.
        """
        if event.type != MESSAGE_OUTBOUND:
            msg = "unexpected event type"
            raise PermanentError(msg)
        message = MessageOutbound.model_validate(event.data)
        if message.channel != "whatsapp":
            return
        pause, waited = 0.1, 0.0
        while True:
            try:
                self._queue(event, message)
            except (OperationalError, InterfaceError):
                if waited >= DATABASE_PATIENCE_SECONDS or self.stop.is_set():
                    raise
                log.warning("database_away", waited=round(waited, 1))
                self.stop.wait(pause)
                waited += pause
                pause = min(pause * 2, 2.0)
            else:
                return

    def _queue(self, event: AnyEvent, message: MessageOutbound) -> None:
        with unit_of_work(self._factory) as session:
            account = accounts.get(session, event.tenant, message.account)
            if account is None:
                msg = f"no account {message.account} of {event.tenant}"
                raise PermanentError(msg)
            service.queue(
                session,
                account,
                message_id=message.message_id,
                address=message.recipient,
                content=_content(message),
                conversation_id=message.conversation_id,
                correlation_id=event.correlationid,
                looks=self._provider(account.provider),
            )
        self._on_queued()


def _content(message: MessageOutbound) -> Content:
    kind = message.kind.value
    media = None
    if message.media is not None:
        media = StoredMedia.model_validate({"kind": kind if kind in _FILES else "document", "media": message.media})
    return Content(
        text=message.text,
        buttons=message.buttons,
        media=media,
        location=message.location,
        in_reply_to=str(message.in_reply_to) if message.in_reply_to else None,
    )

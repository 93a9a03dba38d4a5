"""The queue's entrance: what the bridge itself keeps of citizens' messages."""

import time
from collections.abc import Callable

from munbot_common.clock import Clock, utc_now
from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import PermanentError, Subscription
from munbot_common.outbox import first_time
from munbot_contracts import routing_key
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MESSAGE_RECEIVED, MessageReceived

from munbot_whatsapp import metrics
from munbot_whatsapp.accounts import repository as accounts
from munbot_whatsapp.accounts.book import AccountBook, KnownAccount
from munbot_whatsapp.base import INBOX
from munbot_whatsapp.citizens import repository as citizens
from munbot_whatsapp.inbound.marks import Mark

log = get_logger("whatsapp.inbox")

CONSUMER = "whatsapp.inbox"
MESSAGES = Subscription(CONSUMER, (routing_key(MESSAGE_RECEIVED),))

ACCOUNT_NOTE_SECONDS = 30.0
"""An account's row is not written for every message: its senders want it too."""


class InboxHandler:
    """Notes when a citizen wrote, and whether they want our messages; has the message shown as read.

    Args:
        session_factory: the database.
        book: the accounts.
        mark: takes a message that is to be shown as read; may leave it.
        clock: the time of day.
        monotonic: for tests.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        *,
        book: AccountBook,
        mark: Callable[[Mark], None],
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._factory = session_factory
        self._book = book
        self._mark = mark
        self._clock = clock
        self._monotonic = monotonic
        self._noted: dict[str, float] = {}

    def __call__(self, event: AnyEvent) -> None:
        """Handle one event; messages of other channels are none of ours.

        Raises:
            PermanentError: of an account that does not exist.
        """
        message = MessageReceived.model_validate(event.data)
        if message.channel != "whatsapp":
            return
        known = self._book.by_slug(message.account)
        if known is None or known.account.tenant != event.tenant:
            msg = "no such account"
            raise PermanentError(msg)
        self._note(event, message, known)
        if message.opt is None:
            self._mark(Mark(known, message.provider_message_id, message.sender.address, message.sent_at))

    def _note(self, event: AnyEvent, message: MessageReceived, known: KnownAccount) -> None:
        at = min(message.sent_at, self._clock())
        slug, address = message.account, message.sender.address
        with unit_of_work(self._factory) as session:
            citizens.note_inbound(
                session,
                account_id=known.id,
                tenant=known.account.tenant,
                address=address,
                name=message.sender.name,
                at=at,
            )
            # Once only: a repeated refusal must not undo what was said since.
            if message.opt and first_time(session, INBOX, consumer=CONSUMER, event_id=event.id):
                citizens.note_opt(session, account_id=known.id, address=address, opt=message.opt, at=at)
                metrics.OPTS.labels(message.opt).inc()
            now = self._monotonic()
            if now - self._noted.get(slug, float("-inf")) >= ACCOUNT_NOTE_SECONDS:
                accounts.note_inbound(session, slug, at)
                self._noted[slug] = now

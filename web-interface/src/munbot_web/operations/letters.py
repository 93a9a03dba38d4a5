"""Dead letters: looked at, sent once more, or discarded. The broker's queue is the only truth; nothing is kept here."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika
from munbot_common.logs import get_logger
from munbot_common.messaging import ATTEMPTS_HEADER, DELIVERY_LIMIT, REASON_HEADER
from munbot_common.problems import NotFound
from munbot_common.traces import Traces
from munbot_contracts.audit import AUDIT_NOTED
from munbot_contracts.envelope import AnyEvent
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPConnectionError, AMQPError, ChannelClosedByBroker
from pydantic import ValidationError

from munbot_web.operations.queues import DEAD, BrokerAway
from munbot_web.operations.schemas import DeadLetter, LettersAnswer
from munbot_web.texts import say

log = get_logger("operations")

SCAN_LIMIT = 2_000
"""Letters of a queue that are looked at: each is held until all were seen."""
_BROKERS_OWN = ("x-death", "x-first-death", "x-last-death", "x-delivery-count")


Note = Callable[[list[DeadLetter]], None]
"""Told of the letters with which something is about to be done."""


class QueueUnknown(NotFound):
    """There is no consumer's queue of this name."""

    code = "queue_unknown"
    title = "Esa cola no existe"


@dataclass(frozen=True, slots=True)
class _Held:
    """A letter that this channel holds, and what it says."""

    tag: int
    properties: Any
    body: bytes
    event: AnyEvent | None

    def id(self) -> str:
        """Return what names the letter: the event's id, which stays the same, or else what it contains."""
        given = self.properties.message_id or (str(self.event.id) if self.event else None)
        return given or hashlib.sha256(self.body).hexdigest()[:32]

    def text(self) -> str:
        """Return what it contains, as it was before JSON."""
        if self.event is None:
            return self.body.decode(errors="replace")
        return json.dumps(self.event.data, ensure_ascii=False, default=str)

    def may_be_seen_by(self, tenant: str) -> bool:
        """Return whether it is this tenant's; what is no event is nobody's, and shown without content to all."""
        return self.event is None or self.event.tenant == tenant


class DeadLetters:
    """One connection for each request: they are few. What a closed channel held goes back to its queue."""

    def __init__(self, amqp_url: str) -> None:
        self._parameters = pika.URLParameters(amqp_url)
        self._parameters.client_properties = {"connection_name": "web operations"}
        self._parameters.blocked_connection_timeout = 5
        # Two who look at the same moment would each see a part.
        self._lock = threading.Lock()

    def of(self, tenant: str, queues: list[str]) -> tuple[list[DeadLetter], bool]:
        """Return a tenant's dead letters in these consumers' queues, and whether that is all of them."""
        found: list[DeadLetter] = []
        complete = True
        with self._channel() as open_channel:
            for queue in queues:
                held = list(_hold(open_channel(), queue))
                complete = complete and len(held) < SCAN_LIMIT
                found += [_described(queue, letter) for letter in held if letter.may_be_seen_by(tenant)]
        return found, complete

    def replay(self, tenant: str, queue: str, ids: list[str], note: Note) -> LettersAnswer:
        """Give letters to their consumer once more, as if they had never failed.

        `note` is told of those that are there before any is touched; where it raises, all stay.

        Each is published with the broker's confirm, and only then taken from the dead: a crash in between may repeat
        it, which consumers recognise by its id, and never loses it.
        """

        def again(channel: BlockingChannel, letter: _Held) -> None:
            headers = {
                name: value
                for name, value in (letter.properties.headers or {}).items()
                if name not in {ATTEMPTS_HEADER, REASON_HEADER} and not name.startswith(_BROKERS_OWN)
            }
            properties = pika.BasicProperties(
                message_id=letter.properties.message_id,
                delivery_mode=2,
                content_type=letter.properties.content_type,
                type=letter.properties.type,
                headers=headers,
            )
            channel.basic_publish("", queue, letter.body, properties, mandatory=True)

        return self._each(tenant, queue, ids, again, note)

    def discard(self, tenant: str, queue: str, ids: list[str], note: Note) -> LettersAnswer:
        """Take letters away for good, noted as `replay` is."""
        return self._each(tenant, queue, ids, lambda _channel, _letter: None, note)

    def naming(self, tenant: str, queues: list[str], traces: Traces, *, discard: bool) -> int:
        """Count a tenant's letters that name somebody, or take them away for good.

        What the audit log has not heard yet stays: it holds ids and nothing personal, and nobody may take it back.
        """
        count = 0
        with self._channel() as open_channel:
            for queue in queues:
                channel = open_channel()
                for letter in _hold(channel, queue):
                    if letter.event and letter.event.type == AUDIT_NOTED:
                        continue
                    if letter.may_be_seen_by(tenant) and traces.within(letter.text()):
                        count += 1
                        if discard:
                            channel.basic_ack(letter.tag)
        return count

    def _each(
        self, tenant: str, queue: str, ids: list[str], act: Callable[[BlockingChannel, _Held], None], note: Note
    ) -> LettersAnswer:
        wanted, done = set(ids), set[str]()
        with self._channel() as open_channel:
            channel = open_channel()
            _require(open_channel, queue)
            channel.confirm_delivery()
            held = [one for one in _hold(channel, queue) if one.id() in wanted and one.may_be_seen_by(tenant)]
            if held:
                note([_described(queue, letter) for letter in held])
            for letter in held:
                act(channel, letter)
                channel.basic_ack(letter.tag)
                done.add(letter.id())
        return LettersAnswer(done=[i for i in ids if i in done], missing=[i for i in ids if i not in done])

    @contextmanager
    def _channel(self) -> Iterator[Callable[[], BlockingChannel]]:
        with self._lock:
            try:
                connection = pika.BlockingConnection(self._parameters)
            except (AMQPConnectionError, OSError) as error:
                raise BrokerAway(say("broker_away")) from error
            try:
                yield connection.channel
            except AMQPError as error:
                log.error("letters_failed", kind=type(error).__name__)
                raise BrokerAway(say("broker_away")) from error
            finally:
                if connection.is_open:
                    connection.close()


def _require(open_channel: Callable[[], BlockingChannel], queue: str) -> None:
    """Make sure that both queues are there; asking for one that is not closes the channel that asked."""
    channel = open_channel()
    try:
        for name in (queue, queue + DEAD):
            channel.queue_declare(name, passive=True)
    except ChannelClosedByBroker as error:
        raise QueueUnknown(say("queue_unknown")) from error
    channel.close()


def _hold(channel: BlockingChannel, queue: str) -> Iterator[_Held]:
    """Take the dead letters of a queue one by one, without acknowledging any."""
    for _ in range(SCAN_LIMIT):
        try:
            method, properties, body = channel.basic_get(queue + DEAD)
        except ChannelClosedByBroker as error:
            raise QueueUnknown(say("queue_unknown")) from error
        if method is None:
            return
        try:
            event = AnyEvent.model_validate_json(body)
        except ValidationError:
            event = None
        yield _Held(method.delivery_tag, properties, body, event)


def _described(queue: str, letter: _Held) -> DeadLetter:
    headers = letter.properties.headers or {}
    deaths = headers.get("x-death") or [{}]
    event = letter.event
    return DeadLetter(
        id=letter.id(),
        queue=queue,
        type=event.type if event else None,
        subject=event.subject if event else None,
        time=event.time if event else None,
        correlation_id=event.correlationid if event else None,
        # Without our reason, the broker gave it up: its consumer ended again and again while it had it.
        reason=str(headers.get(REASON_HEADER) or deaths[0].get("reason") or "unknown"),
        attempts=int(headers.get(ATTEMPTS_HEADER) or (DELIVERY_LIMIT if deaths[0] else 0)),
        size=len(letter.body),
    )

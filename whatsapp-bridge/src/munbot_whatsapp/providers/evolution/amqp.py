"""Evolution's events from RabbitMQ instead of its webhook.

    evolution_exchange ──messages.upsert, messages.update──► munbot.whatsapp.evolution ──(cannot be read)──► ….dead

The queue is ours, so its arguments are; Evolution's own queues can only be declared exactly as it does. Evolution
publishes without confirms and not persistent: what it sends while its broker is away is lost there, not here.
"""

import itertools
import threading
from collections.abc import Callable
from typing import Any

import pika
from munbot_common.logs import get_logger
from munbot_common.messaging import RECONNECT_SECONDS, BrokerUnavailable
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from sqlalchemy.exc import InterfaceError, OperationalError

from munbot_whatsapp.providers.base import PayloadInvalid, Webhook
from munbot_whatsapp.providers.evolution.payloads import parse

log = get_logger("whatsapp.evolution")

QUEUE = "munbot.whatsapp.evolution"
DEAD_QUEUE = f"{QUEUE}.dead"
EVENTS = ("messages.upsert", "messages.update")
ATTEMPTS = 10
WAIT_MAX_SECONDS = 30.0
AWAY = (BrokerUnavailable, OperationalError, InterfaceError)

Deliver = Callable[[str, Webhook], None]
"""Takes an instance's name and what it says; returns when nothing of it can be lost, raises to get it again."""


class EvolutionConsumer:
    """Takes events one after another, so their order is kept, and acknowledges each when it was delivered.

    A delivery that fails is tried again in its place: without end while our broker or database is away, else `attempts`
    times, after which it lies in the dead-letter queue with those that cannot be read.

    Args:
        url: of Evolution's broker.
        exchange: Evolution's global exchange, or an instance's own.
        deliver: see above.
        attempts: how often one is tried.
        wait_max: seconds between two tries, at most.
    """

    def __init__(
        self,
        url: str,
        *,
        exchange: str,
        deliver: Deliver,
        attempts: int = ATTEMPTS,
        wait_max: float = WAIT_MAX_SECONDS,
    ) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.client_properties = {"connection_name": f"munbot {QUEUE}"}
        self._exchange = exchange
        self._deliver = deliver
        self._attempts = attempts
        self._wait_max = wait_max
        self._connected = threading.Event()

    def wait_ready(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until the queue is bound; True when it is so."""
        return self._connected.wait(timeout)

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; Evolution's broker may come and go."""
        while not stop.is_set():
            try:
                self._consume(stop)
            except (AMQPError, OSError) as error:
                log.warning("evolution_disconnected", reason=type(error).__name__)
            finally:
                self._connected.clear()
            stop.wait(RECONNECT_SECONDS)

    def _consume(self, stop: threading.Event) -> None:
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            _declare(channel, self._exchange)
            channel.basic_qos(prefetch_count=20)
            self._connected.set()
            for method, _, body in channel.consume(QUEUE, inactivity_timeout=0.5):
                if stop.is_set():
                    break
                if method is not None:
                    self._take(connection, channel, method.delivery_tag, body, stop)
            channel.cancel()
        finally:
            if connection.is_open:
                connection.close()

    def _take(self, connection: Any, channel: BlockingChannel, tag: int, body: bytes, stop: threading.Event) -> None:
        try:
            webhook = parse(None, body)
        except PayloadInvalid:
            log.error("evolution_event_unreadable")
            channel.basic_reject(tag, requeue=False)
            return
        for attempt in itertools.count(1):
            try:
                for instance in webhook.refs:
                    self._deliver(instance, webhook)
            except AWAY as error:
                log.warning("evolution_event_waits", attempt=attempt, reason=type(error).__name__)
            except Exception as error:
                log.exception("evolution_event_failed", attempt=attempt, reason=type(error).__name__)
                if attempt >= self._attempts:
                    channel.basic_reject(tag, requeue=False)
                    return
            else:
                channel.basic_ack(tag)
                return
            if not _wait(connection, min(2.0 ** min(attempt - 1, 10), self._wait_max), stop):
                return  # unacknowledged: the broker gives it to whoever comes next


def _wait(connection: Any, seconds: float, stop: threading.Event) -> bool:
    """Wait while the connection's heartbeats go on; False when `stop` is set."""
    while seconds > 0 and not stop.is_set():
        connection.sleep(min(seconds, 0.5))
        seconds -= 0.5
    return not stop.is_set()


def _declare(channel: BlockingChannel, exchange: str) -> None:
    safe = {"x-queue-type": "quorum"}
    channel.exchange_declare(exchange, exchange_type="topic", durable=True, auto_delete=False)
    channel.queue_declare(DEAD_QUEUE, durable=True, arguments=safe)
    channel.queue_declare(
        QUEUE,
        durable=True,
        arguments={
            **safe,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": DEAD_QUEUE,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )
    for event in EVENTS:
        channel.queue_bind(QUEUE, exchange, event)

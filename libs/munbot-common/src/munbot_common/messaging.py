"""RabbitMQ: a publisher with pipelined confirms, and a consumer with retry and dead-letter queues.

Topology of a consumer with queue `q`, all quorum queues:

    munbot.events ──bindings──► q ──(delivery limit)──► q.dead
                                ▲ │ handler failed
                                │ ▼
                     TTL ran out q.retry.1 (1 s) · q.retry.2 (10 s) · q.retry.3 (60 s)

Dead-lettering is at-least-once, which needs `overflow: reject-publish` (RabbitMQ docs, "Quorum Queues").
"""

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any

import pika
from munbot_contracts.envelope import AnyEvent
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from pydantic import ValidationError

from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.metrics import EVENT_SECONDS, EVENTS_CONSUMED, EVENTS_PUBLISHED

log = get_logger("messaging")

EXCHANGE = "munbot.events"
DELIVERY_LIMIT = 20
RETRY_TTL_MS = (1_000, 10_000, 60_000)
ATTEMPTS_HEADER = "x-munbot-attempts"
REASON_HEADER = "x-munbot-reason"
RECONNECT_SECONDS = 1.0


class BrokerUnavailable(Exception):
    """The broker did not take a message: it is away, refused it, or no queue was bound for it."""


class PermanentError(Exception):
    """A handler's way to say that trying again cannot help: the delivery goes to the dead-letter queue at once."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One message for the exchange.

    `mandatory`: fail when no queue takes it, for messages that must not fall on the floor before their consumer has
    ever run.
    """

    key: str
    body: bytes
    message_id: str
    mandatory: bool = False


class _Batch:
    """Messages published together, and who waits for their confirms."""

    def __init__(self, size: int) -> None:
        self.remaining = size
        self.failure: str | None = None
        self.future: Future[None] = Future()

    def settle(self, count: int, failure: str | None = None) -> None:
        self.remaining -= count
        self.failure = self.failure or failure
        if self.remaining <= 0 and not self.future.done():
            if self.failure:
                self.future.set_exception(BrokerUnavailable(self.failure))
            else:
                self.future.set_result(None)


class Publisher:
    """Publishes to the exchange from any thread; many batches are in flight at once, each confirmed by the broker.

    It owns a connection in a thread of its own and reconnects by itself. While there is no connection, `publish` fails
    at once: who calls decides whether to wait, to keep the message or to say so.
    """

    def __init__(self, url: str, *, name: str) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.client_properties = {"connection_name": f"{name} publisher"}
        self._connection: Any = None
        self._channel: Any = None
        self._ready = threading.Event()
        self._closing = threading.Event()
        self._next_tag = 1
        self._in_flight: OrderedDict[int, tuple[_Batch, OutgoingMessage]] = OrderedDict()
        self._thread = threading.Thread(target=self._run, name=f"{name}-publisher", daemon=True)

    def start(self) -> "Publisher":
        """Connect, in the background."""
        self._thread.start()
        return self

    def close(self, timeout: float = 5.0) -> None:
        """Close the connection and end the thread."""
        self._closing.set()
        if self._connection is not None:
            self._connection.ioloop.add_callback_threadsafe(self._close_on_loop)
        self._thread.join(timeout)

    def wait_ready(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds for the connection; True when it is there."""
        return self._ready.wait(timeout)

    def check(self) -> None:
        """Raise BrokerUnavailable when there is no connection (for /readyz)."""
        if not self._ready.is_set():
            msg = "not connected"
            raise BrokerUnavailable(msg)

    def publish(self, messages: Sequence[OutgoingMessage]) -> "Future[None]":
        """Publish messages in order; the future is done when the broker has confirmed all of them.

        Raises (in the future):
            BrokerUnavailable: at least one was not taken.
        """
        batch = _Batch(len(messages))
        if not messages:
            batch.settle(0)
        elif not self._ready.is_set():
            batch.settle(len(messages), "not connected")
        else:
            self._connection.ioloop.add_callback_threadsafe(functools.partial(self._publish_on_loop, batch, messages))
        return batch.future

    def publish_and_wait(self, messages: Sequence[OutgoingMessage], timeout: float = 10.0) -> None:
        """Publish messages and wait for the broker's confirms.

        Raises:
            BrokerUnavailable: not confirmed within `timeout` seconds.
        """
        try:
            self.publish(messages).result(timeout)
        except FutureTimeoutError as error:
            msg = f"no confirm within {timeout} s"
            raise BrokerUnavailable(msg) from error

    # Everything below runs in the connection's own thread.

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._connection = pika.SelectConnection(
                    self._parameters,
                    on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
                    on_open_error_callback=self._on_lost,
                    on_close_callback=self._on_lost,
                )
                self._connection.ioloop.start()
            except Exception:
                log.exception("publisher_failed")
            self._fail_in_flight("connection lost")
            self._closing.wait(RECONNECT_SECONDS)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda *_: self._connection.is_open and self._connection.close())
        channel.add_on_return_callback(self._on_return)
        channel.exchange_declare(
            EXCHANGE,
            exchange_type="topic",
            durable=True,
            callback=lambda _: channel.confirm_delivery(self._on_confirm, callback=lambda _: self._on_ready()),
        )

    def _on_ready(self) -> None:
        self._next_tag = 1
        self._ready.set()
        log.info("publisher_connected")

    def _on_lost(self, connection: Any, reason: Any) -> None:
        was_ready = self._ready.is_set()
        self._ready.clear()
        if was_ready and not self._closing.is_set():
            log.warning("publisher_disconnected", reason=str(reason))
        connection.ioloop.stop()

    def _fail_in_flight(self, reason: str) -> None:
        self._ready.clear()
        while self._in_flight:
            _, (batch, _message) = self._in_flight.popitem(last=False)
            batch.settle(1, reason)

    def _publish_on_loop(self, batch: _Batch, messages: Sequence[OutgoingMessage]) -> None:
        if not self._ready.is_set():
            batch.settle(len(messages), "not connected")
            return
        for message in messages:
            self._in_flight[self._next_tag] = (batch, message)
            self._next_tag += 1
            self._channel.basic_publish(
                EXCHANGE,
                message.key,
                message.body,
                pika.BasicProperties(
                    message_id=message.message_id,
                    delivery_mode=2,
                    content_type="application/cloudevents+json",
                    type=message.key,
                ),
                mandatory=message.mandatory,
            )

    def _on_return(self, _channel: Any, _method: Any, properties: Any, _body: bytes) -> None:
        for batch, message in self._in_flight.values():
            if message.message_id == properties.message_id:
                batch.failure = f"no queue is bound for {message.key}"

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        failure = "refused by the broker" if isinstance(frame.method, pika.spec.Basic.Nack) else None
        tags = [tag]
        if frame.method.multiple:
            tags = [known for known in self._in_flight if known <= tag]
        for known in tags:
            entry = self._in_flight.pop(known, None)
            if entry:
                batch, message = entry
                EVENTS_PUBLISHED.labels(message.key).inc()
                batch.settle(1, failure)

    def _close_on_loop(self) -> None:
        if self._connection.is_open:
            self._connection.close()
        else:
            self._connection.ioloop.stop()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A consumer's own queue and the events that it wants.

    `bindings` are routing keys of the topic exchange (`message.received.v1`, `appointment.#`). `single_active`: of
    several processes only one receives at a time, and another takes over when it ends: the queue's order is kept.
    """

    queue: str
    bindings: tuple[str, ...]
    single_active: bool = False

    @property
    def dead_queue(self) -> str:
        """Queue of what could not be handled."""
        return f"{self.queue}.dead"

    def retry_queue(self, attempt: int) -> str:
        """Queue in which a delivery waits after its `attempt`-th failure (from 1)."""
        return f"{self.queue}.retry.{min(attempt, len(RETRY_TTL_MS))}"

    def declare(self, channel: BlockingChannel) -> None:
        """Declare exchange, queues and bindings; safe to repeat."""
        safe = {
            "x-queue-type": "quorum",
            "x-dead-letter-exchange": "",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        channel.queue_declare(self.dead_queue, durable=True, arguments={"x-queue-type": "quorum"})
        channel.queue_declare(
            self.queue,
            durable=True,
            arguments={
                **safe,
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-routing-key": self.dead_queue,
                **({"x-single-active-consumer": True} if self.single_active else {}),
            },
        )
        for attempt, ttl in enumerate(RETRY_TTL_MS, start=1):
            channel.queue_declare(
                self.retry_queue(attempt),
                durable=True,
                arguments={**safe, "x-message-ttl": ttl, "x-dead-letter-routing-key": self.queue},
            )
        for binding in self.bindings:
            channel.queue_bind(self.queue, EXCHANGE, binding)


Handler = Callable[[AnyEvent], None]
"""Handles one event and returns when its effect is committed; raises to have it delivered again."""


class Consumer:
    """Takes events from its own queue one after another and acknowledges each when its handler has returned.

    A failing handler sends the delivery through the retry queues (1 s, 10 s, then every 60 s) up to `max_attempts`,
    and then, or at once on PermanentError or a body that is no event, to the dead-letter queue with the reason.

    Args:
        url: AMQP URL with its password.
        subscription: queue and bindings.
        handler: called in the consumer's thread.
        name: connection name, for people who look at the broker.
        prefetch: deliveries that may wait here.
        max_attempts: how often one is tried in all.
    """

    def __init__(
        self,
        url: str,
        subscription: Subscription,
        handler: Handler,
        *,
        name: str,
        prefetch: int = 50,
        max_attempts: int = 10,
    ) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.client_properties = {"connection_name": f"{name} {subscription.queue}"}
        self.subscription = subscription
        self._handler = handler
        self._prefetch = prefetch
        self._max_attempts = max_attempts
        self._connected = threading.Event()

    def check(self) -> None:
        """Raise BrokerUnavailable when the consumer is not subscribed (for /readyz)."""
        if not self._connected.is_set():
            msg = "not subscribed"
            raise BrokerUnavailable(msg)

    def wait_ready(self, timeout: float) -> bool:
        """Wait at most `timeout` seconds until the queue exists and is consumed; True when it is so."""
        return self._connected.wait(timeout)

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; the broker may come and go."""
        while not stop.is_set():
            try:
                self._consume(stop)
            except (AMQPError, OSError) as error:
                log.warning("consumer_disconnected", queue=self.subscription.queue, reason=repr(error))
            finally:
                self._connected.clear()
            stop.wait(RECONNECT_SECONDS)

    def _consume(self, stop: threading.Event) -> None:
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            self.subscription.declare(channel)
            channel.confirm_delivery()
            channel.basic_qos(prefetch_count=self._prefetch)
            self._connected.set()
            log.info("consumer_connected", queue=self.subscription.queue)
            for method, properties, body in channel.consume(self.subscription.queue, inactivity_timeout=0.5):
                if stop.is_set():
                    break
                if method is not None:
                    self._deliver(channel, method, properties, body)
            channel.cancel()
        finally:
            if connection.is_open:
                connection.close()

    def _deliver(self, channel: BlockingChannel, method: Any, properties: Any, body: bytes) -> None:
        queue = self.subscription.queue
        attempts = int((properties.headers or {}).get(ATTEMPTS_HEADER, 0)) + 1
        with EVENT_SECONDS.labels(queue).time():
            outcome, reason = self._handle(body)
        if outcome == "failed":
            outcome = "retried" if attempts < self._max_attempts else "dead"
        if outcome != "handled":
            target = self.subscription.retry_queue(attempts) if outcome == "retried" else self.subscription.dead_queue
            channel.basic_publish(
                "",
                target,
                body,
                pika.BasicProperties(
                    message_id=properties.message_id,
                    delivery_mode=2,
                    content_type=properties.content_type,
                    type=properties.type,
                    headers={ATTEMPTS_HEADER: attempts, REASON_HEADER: reason},
                ),
            )
        channel.basic_ack(method.delivery_tag)
        EVENTS_CONSUMED.labels(queue, outcome).inc()

    def _handle(self, body: bytes) -> tuple[str, str]:
        try:
            event = AnyEvent.model_validate_json(body)
        except ValidationError as error:
            log.error("event_invalid", queue=self.subscription.queue, errors=error.error_count())
            return "dead", "not a valid event"
        with bound_correlation_id(event.correlationid):
            try:
                self._handler(event)
            except (PermanentError, ValidationError) as error:
                log.exception("event_rejected", queue=self.subscription.queue, event_id=str(event.id))
                return "dead", f"{type(error).__name__}"
            except Exception as error:
                log.exception("event_failed", queue=self.subscription.queue, event_id=str(event.id))
                return "failed", f"{type(error).__name__}"
        return "handled", ""

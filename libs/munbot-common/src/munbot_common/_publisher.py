"""The publishing half of messaging."""

import functools
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from typing import Any

import pika

from munbot_common.logs import get_logger
from munbot_common.metrics import EVENTS_PUBLISHED

log = get_logger("messaging")

EXCHANGE = "munbot.events"
RECONNECT_SECONDS = 1.0


class BrokerUnavailable(Exception):
    """The broker did not take a message: it is away, refused it, or no queue was bound for it."""


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

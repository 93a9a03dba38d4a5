"""The consuming half of messaging."""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pika
from munbot_contracts.envelope import AnyEvent
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError
from pydantic import ValidationError

from munbot_common._publisher import EXCHANGE, RECONNECT_SECONDS, BrokerUnavailable
from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.metrics import EVENT_SECONDS, EVENTS_CONSUMED

log = get_logger("messaging")

IDLE_SECONDS = 0.5
"""When nothing comes for so long, all has been heard."""
DELIVERY_LIMIT = 20
RETRY_TTL_MS = (1_000, 10_000, 60_000)
ATTEMPTS_HEADER = "x-munbot-attempts"
REASON_HEADER = "x-munbot-reason"


class PermanentError(Exception):
    """A handler's way to say that trying again cannot help: the delivery goes to the dead-letter queue at once."""


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


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of what was published a consumer has heard.

    Attributes:
        since: seconds ago, the present subscription began.
        lag: what was published longer ago than so many seconds has been handled, unless it failed; infinite at first.
    """

    since: float
    lag: float


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
        self._began, self._until = 0.0, -math.inf  # moments of the monotonic clock

    def heard(self) -> Heard | None:
        """Tell how much of what was published has been heard; None while not subscribed."""
        if not self._connected.is_set():
            return None
        now = time.monotonic()
        return Heard(since=now - self._began, lag=now - self._until)

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
            self._run_once(stop)
            stop.wait(RECONNECT_SECONDS)

    def _run_once(self, stop: threading.Event) -> None:
        try:
            self._consume(stop)
        except (AMQPError, OSError) as error:
            log.warning("consumer_disconnected", queue=self.subscription.queue, reason=repr(error))
        finally:
            self._connected.clear()

    def _consume(self, stop: threading.Event) -> None:
        connection = pika.BlockingConnection(self._parameters)
        try:
            channel = connection.channel()
            self.subscription.declare(channel)
            channel.confirm_delivery()
            channel.basic_qos(prefetch_count=self._prefetch)
            self._began, self._until = time.monotonic(), -math.inf
            self._connected.set()
            log.info("consumer_connected", queue=self.subscription.queue)
            self._receive(channel, stop)
            channel.cancel()
        finally:
            if connection.is_open:
                connection.close()

    def _receive(self, channel: BlockingChannel, stop: threading.Event) -> None:
        for method, properties, body in channel.consume(self.subscription.queue, inactivity_timeout=IDLE_SECONDS):
            if stop.is_set():
                break
            if method is None:
                self._until = time.monotonic() - IDLE_SECONDS
            else:
                self._deliver(channel, method, properties, body)

    def _handled_up_to(self, moment: datetime) -> None:
        age = max(0.0, (datetime.now(UTC) - moment).total_seconds())
        self._until = max(self._until, time.monotonic() - age)

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
                self._handled_up_to(event.time)
            except (PermanentError, ValidationError) as error:
                log.exception("event_rejected", queue=self.subscription.queue, event_id=str(event.id))
                return "dead", f"{type(error).__name__}"
            except Exception as error:
                log.exception("event_failed", queue=self.subscription.queue, event_id=str(event.id))
                return "failed", f"{type(error).__name__}"
        return "handled", ""

"""A consumer that handles many events at once, for effects that cost as much for one as for hundreds."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from munbot_contracts.envelope import AnyEvent
from pika.adapters.blocking_connection import BlockingChannel
from pydantic import ValidationError

from munbot_common._consumer import Consumer, Subscription
from munbot_common._publisher import RECONNECT_SECONDS, BrokerUnavailable
from munbot_common.logs import get_logger
from munbot_common.metrics import EVENT_SECONDS, EVENTS_CONSUMED

log = get_logger("messaging")

BatchHandler = Callable[[Sequence[AnyEvent]], None]
"""Handles some events and returns when the effect of all is committed; raises when it has none."""

_Delivery = tuple[Any, Any, bytes]


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch is full: so many events, or so many seconds after its first one."""

    events: int = 500
    seconds: float = 0.25


class StoreAway(BrokerUnavailable):
    """What the handler writes to is away: nothing is taken from the queue until it is back."""


class BatchConsumer(Consumer):
    """Takes events in batches and acknowledges a batch when its handler has returned.

    When a batch fails, its events are handled one by one, so that one bad event has the others' way barred no longer
    than once. When what the handler writes to is away, the queue is left until it is back: an outage uses up one
    delivery of the queue's limit, whatever it lasts.

    Args:
        url: AMQP URL with its password.
        subscription: queue and bindings.
        handler: called in the consumer's thread.
        usable: raises while the handler's store is away.
        name: connection name, for people who look at the broker.
        limits: of a batch.
    """

    def __init__(
        self,
        url: str,
        subscription: Subscription,
        handler: BatchHandler,
        *,
        usable: Callable[[], object],
        name: str,
        limits: BatchLimits | None = None,
    ) -> None:
        self._limits = limits or BatchLimits()
        self._handle_batch = handler
        self._usable = usable
        super().__init__(
            url,
            subscription,
            lambda event: handler([event]),
            name=name,
            prefetch=2 * self._limits.events,
        )

    def run(self, stop: threading.Event) -> None:
        """Consume until `stop` is set; broker and store may come and go."""
        while not stop.is_set():
            self._wait_for_store(stop)
            try:
                self._run_once(stop)
            except StoreAway as error:
                log.warning("consumer_pauses", queue=self.subscription.queue, reason=repr(error))
            stop.wait(RECONNECT_SECONDS)

    def _wait_for_store(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self._usable()
            except Exception as error:  # noqa: BLE001 - whatever it is, the store is not usable
                log.warning("store_away", queue=self.subscription.queue, kind=type(error).__name__)
                stop.wait(RECONNECT_SECONDS)
            else:
                return

    def _receive(self, channel: BlockingChannel, stop: threading.Event) -> None:
        batch: list[_Delivery] = []
        until = 0.0
        for delivery in channel.consume(self.subscription.queue, inactivity_timeout=self._limits.seconds):
            if stop.is_set():
                return
            method, _, _ = delivery
            if method is None:
                self._until = time.monotonic() - self._limits.seconds
            else:
                until = until if batch else time.monotonic() + self._limits.seconds
                batch.append(delivery)
            full = len(batch) >= self._limits.events
            if batch and (full or method is None or time.monotonic() >= until):
                self._deliver_batch(channel, batch)
                batch = []

    def _deliver_batch(self, channel: BlockingChannel, batch: list[_Delivery]) -> None:
        queue = self.subscription.queue
        try:
            events = [AnyEvent.model_validate_json(body) for _, _, body in batch]
            with EVENT_SECONDS.labels(queue).time():
                self._handle_batch(events)
        except Exception as error:  # noqa: BLE001 - one by one, each failure is told apart
            kind = type(error).__name__
            if not isinstance(error, ValidationError):
                self._check_store(kind)
            log.warning("batch_failed", queue=queue, kind=kind, events=len(batch))
            for method, properties, body in batch:
                self._deliver(channel, method, properties, body)
            return
        channel.basic_ack(batch[-1][0].delivery_tag, multiple=True)
        EVENTS_CONSUMED.labels(queue, "handled").inc(len(batch))
        self._handled_up_to(min(event.time for event in events))

    def _check_store(self, kind: str) -> None:
        try:
            self._usable()
        except Exception as error:
            raise StoreAway(kind) from error

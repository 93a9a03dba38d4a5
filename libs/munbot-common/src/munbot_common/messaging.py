"""RabbitMQ: a publisher with pipelined confirms, and a consumer with retry and dead-letter queues.

Topology of a consumer with queue `q`, all quorum queues:

    munbot.events ──bindings──► q ──(delivery limit)──► q.dead
                                ▲ │ handler failed
                                │ ▼
                     TTL ran out q.retry.1 (1 s) · q.retry.2 (10 s) · q.retry.3 (60 s)

Dead-lettering is at-least-once, which needs `overflow: reject-publish` (RabbitMQ docs, "Quorum Queues").
"""

from munbot_common._batch_consumer import BatchConsumer, BatchHandler, BatchLimits, StoreAway
from munbot_common._consumer import (
    ATTEMPTS_HEADER,
    DELIVERY_LIMIT,
    REASON_HEADER,
    RETRY_TTL_MS,
    Consumer,
    Handler,
    Heard,
    PermanentError,
    Subscription,
)
from munbot_common._publisher import EXCHANGE, RECONNECT_SECONDS, BrokerUnavailable, OutgoingMessage, Publisher

__all__ = [
    "ATTEMPTS_HEADER",
    "DELIVERY_LIMIT",
    "EXCHANGE",
    "REASON_HEADER",
    "RECONNECT_SECONDS",
    "RETRY_TTL_MS",
    "BatchConsumer",
    "BatchHandler",
    "BatchLimits",
    "BrokerUnavailable",
    "Consumer",
    "Handler",
    "Heard",
    "OutgoingMessage",
    "PermanentError",
    "Publisher",
    "StoreAway",
    "Subscription",
]

"""The channel's event, and the queue in which this instance hears the hub."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from munbot_common.messaging import EXCHANGE, OutgoingMessage, Subscription
from munbot_contracts.envelope import Event, routing_key
from munbot_contracts.messages import (
    MESSAGE_HANDLED,
    MESSAGE_OUTBOUND,
    MESSAGE_RECEIVED,
    MessageKind,
    MessageReceived,
    Sender,
)
from pika.adapters.blocking_connection import BlockingChannel

ACCOUNT = "widget"
SOURCE = "/munbot/web-interface"
QUEUE_EXPIRES_MS = 600_000
MESSAGE_TTL_MS = 120_000
MAX_LENGTH = 20_000


def received(
    *,
    tenant: str,
    conversation_id: UUID,
    address: str,
    message_id: UUID,
    text: str,
    payload: str | None,
    at: datetime,
    correlation: str,
) -> OutgoingMessage:
    """Return `message.received.v1` for the broker. A repeated message gives the same event id."""
    event = Event[MessageReceived](
        id=uuid5(message_id, MESSAGE_RECEIVED),
        source=SOURCE,
        type=MESSAGE_RECEIVED,
        subject=str(message_id),
        time=at,
        tenant=tenant,
        correlationid=correlation,
        data=MessageReceived(
            message_id=message_id,
            channel="web",
            account=ACCOUNT,
            # The client's own key is unique in its conversation only; this is unique everywhere.
            provider_message_id=str(message_id),
            conversation_id=conversation_id,
            sender=Sender(address=address),
            kind=MessageKind.BUTTON if payload else MessageKind.TEXT,
            text=text,
            payload=payload,
            sent_at=at,
        ),
    )
    return OutgoingMessage(
        key=routing_key(MESSAGE_RECEIVED),
        body=event.model_dump_json().encode(),
        message_id=str(event.id),
        mandatory=True,
    )


@dataclass(frozen=True, slots=True)
class InstanceSubscription(Subscription):
    """The queue of one instance: it must hear everything, because the citizen's socket may be at any instance.

    Durable, so that a broker's restart loses nothing; it expires when the instance does not come back. What it
    misses then, clients get from the conversation's history. There is nothing to retry: to emit cannot fail halfway.
    """

    def declare(self, channel: BlockingChannel) -> None:
        """Declare exchange, queue and bindings."""
        channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True)
        channel.queue_declare(
            self.queue,
            durable=True,
            arguments={
                "x-expires": QUEUE_EXPIRES_MS,
                "x-message-ttl": MESSAGE_TTL_MS,
                "x-max-length": MAX_LENGTH,
            },
        )
        for binding in self.bindings:
            channel.queue_bind(self.queue, EXCHANGE, binding)


def instance_subscription(instance: str, more: tuple[str, ...] = ()) -> InstanceSubscription:
    """Return the subscription of one running gateway: what the chat needs, and `more` routing keys."""
    chat = (routing_key(MESSAGE_OUTBOUND), routing_key(MESSAGE_HANDLED))
    return InstanceSubscription(queue=f"web.outbound.{instance}", bindings=tuple(dict.fromkeys((*chat, *more))))

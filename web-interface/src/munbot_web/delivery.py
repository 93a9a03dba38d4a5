"""From the consumer's thread to the event loop: what the hub says reaches sockets and those who wait."""

import asyncio

from munbot_common.logs import bound_correlation_id, get_logger
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MESSAGE_HANDLED, MESSAGE_OUTBOUND, MessageHandled, MessageOutbound

from munbot_web.chat.replies import Replies
from munbot_web.chat.schemas import OutboundBubble
from munbot_web.chat.socket import SocketRoom

log = get_logger("delivery")


class Delivery:
    """Keeps the order of events while they change from the thread to the loop.

    The consumer acknowledges when an event is in our memory. That is enough: if we die now, our sockets die too, and
    clients that come back get what they missed from the history.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, room: SocketRoom, replies: Replies) -> None:
        self._loop = loop
        self._room = room
        self._replies = replies
        self._queue: asyncio.Queue[AnyEvent] = asyncio.Queue()

    def handle(self, event: AnyEvent) -> None:
        """Take an event, in the consumer's thread."""
        self._loop.call_soon_threadsafe(self._queue.put_nowait, event)

    async def run(self) -> None:
        """Pass events on until cancelled."""
        while True:
            event = await self._queue.get()
            with bound_correlation_id(event.correlationid):
                try:
                    await self.deliver(event)
                except Exception:
                    log.exception("delivery_failed", event_id=str(event.id))

    async def deliver(self, event: AnyEvent) -> None:
        """Show one event to whom it concerns."""
        if event.type == MESSAGE_OUTBOUND:
            outbound = MessageOutbound.model_validate(event.data)
            if outbound.channel == "web":
                bubble = OutboundBubble.of_event(outbound)
                self._replies.on_bubble(bubble)
                await self._room.follow(event.tenant, outbound.recipient, outbound.conversation_id, outbound.seq)
                await self._room.bubble(outbound.conversation_id, bubble)
        elif event.type == MESSAGE_HANDLED:
            handled = MessageHandled.model_validate(event.data)
            if handled.channel == "web":
                self._replies.on_handled(handled)
                await self._room.done(handled.conversation_id)

"""Requests that wait for the replies to their message."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from munbot_contracts.messages import MessageHandled

from munbot_web.chat.schemas import OutboundBubble


class Waiter:
    """Collects the bubbles of one message until the hub says that it is done with it."""

    def __init__(self) -> None:
        self.bubbles: dict[UUID, OutboundBubble] = {}
        self.handled: MessageHandled | None = None
        self.done = asyncio.Event()

    def add(self, bubble: OutboundBubble) -> None:
        """Take one bubble; a redelivered one changes nothing."""
        self.bubbles[bubble.id] = bubble
        self._check()

    def finish(self, handled: MessageHandled) -> None:
        """The hub is done; bubbles that it counts may still be on their way."""
        self.handled = handled
        self._check()

    def in_order(self) -> list[OutboundBubble]:
        """Return the bubbles as the citizen reads them."""
        return sorted(self.bubbles.values(), key=lambda bubble: bubble.seq)

    def _check(self) -> None:
        if self.handled is not None and len(self.bubbles) >= self.handled.replies:
            self.done.set()


class Replies:
    """All who wait in this process, by message. Used on the event loop only."""

    def __init__(self) -> None:
        self._waiters: dict[UUID, set[Waiter]] = {}

    @contextmanager
    def waiting(self, message_id: UUID) -> Iterator[Waiter]:
        """Listen for a message inside the block; begin before it is published."""
        waiter = Waiter()
        self._waiters.setdefault(message_id, set()).add(waiter)
        try:
            yield waiter
        finally:
            self._waiters[message_id].discard(waiter)
            if not self._waiters[message_id]:
                del self._waiters[message_id]

    def on_bubble(self, bubble: OutboundBubble) -> None:
        """Give a bubble to those who wait for it."""
        if bubble.in_reply_to:
            for waiter in self._waiters.get(bubble.in_reply_to, ()):
                waiter.add(bubble)

    def on_handled(self, handled: MessageHandled) -> None:
        """Tell those who wait that the hub is done."""
        for waiter in self._waiters.get(handled.message_id, ()):
            waiter.finish(handled)

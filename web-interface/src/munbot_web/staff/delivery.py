"""From the consumer's thread to the officials' sockets, on a lane of its own: citizens' bubbles do not wait for it."""

import asyncio
from typing import Protocol

from munbot_common.logs import get_logger
from munbot_contracts.envelope import AnyEvent

from munbot_web.staff.events import concerns_staff

log = get_logger("staff")


class Room(Protocol):
    """Where the dashboards hear."""

    async def event(self, event: AnyEvent) -> None:
        """Tell a tenant's dashboards."""
        ...


class StaffDelivery:
    """Keeps the order of events while they change from the thread to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, room: Room) -> None:
        self._loop = loop
        self._room = room
        self._queue: asyncio.Queue[AnyEvent] = asyncio.Queue()

    def handle(self, event: AnyEvent) -> None:
        """Take an event, in the consumer's thread."""
        if concerns_staff(event.type):
            self._loop.call_soon_threadsafe(self._queue.put_nowait, event)

    async def run(self) -> None:
        """Pass events on until cancelled."""
        while True:
            event = await self._queue.get()
            try:
                await self._room.event(event)
            except Exception:
                log.exception("staff_delivery_failed", event_id=str(event.id))

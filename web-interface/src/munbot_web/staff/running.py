"""What the dashboard's namespace is made of."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import socketio
from munbot_common.auth import TokenVerifier
from munbot_common.client import AsyncServiceClient
from redis.asyncio import Redis

from munbot_web.staff.delivery import StaffDelivery
from munbot_web.staff.directory import HubDirectory
from munbot_web.staff.presence import Presence
from munbot_web.staff.presence_store import RedisPresence
from munbot_web.staff.sessions import Sessions
from munbot_web.staff.socket import StaffNamespace, StaffRoom, beat


@dataclass(frozen=True, slots=True)
class StaffDesk:
    """The running parts of the namespace."""

    delivery: StaffDelivery
    presence: Presence
    sessions: Sessions
    store: RedisPresence

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """Return what runs beside the requests, until cancelled."""
        return [self.delivery.run(), self.store.listen(self.presence.heard), beat(self.sessions, self.presence)]


def staff_desk(
    server: socketio.AsyncServer,
    *,
    verifier: TokenVerifier,
    conversations: AsyncServiceClient,
    redis: Redis,
    instance: str,
) -> StaffDesk:
    """Register the namespace `/staff` and return what has to run with it."""
    room = StaffRoom(server)
    store = RedisPresence(redis, instance)
    presence = Presence(store, room.presence)
    sessions = Sessions(verifier, HubDirectory(conversations), room.over)
    server.register_namespace(StaffNamespace(sessions=sessions, presence=presence, room=room))
    return StaffDesk(StaffDelivery(asyncio.get_running_loop(), room), presence, sessions, store)

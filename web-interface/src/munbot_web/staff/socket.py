"""The dashboard over Socket.IO, in the namespace `/staff`.

client → server: view {conversation_id | null} · typing {on} · renew {token}    each is acknowledged
server → client: event {id, type, time, subject, data} · presence {conversation_id, agents} · session_over {code}
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from munbot_common.auth import Role
from munbot_common.logs import get_logger
from munbot_common.problems import Problem
from munbot_contracts.envelope import AnyEvent
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused

from munbot_web.metrics import STAFF_EVENTS, STAFF_SOCKETS
from munbot_web.staff.presence import BEAT_SECONDS, Place, Presence
from munbot_web.staff.schemas import StaffAuth, Typing, View, shown
from munbot_web.staff.sessions import Session, Sessions
from munbot_web.texts import say

log = get_logger("staff")

NAMESPACE = "/staff"


def tenant_room(tenant: str) -> str:
    """Return the room of all officials of a tenant."""
    return f"tenant:{tenant}"


def place_room(place: Place) -> str:
    """Return the room of the officials who have a conversation open."""
    return f"view:{place.tenant}:{place.conversation_id}"


class StaffRoom:
    """Tells the dashboards that are open at this gateway."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server

    async def event(self, event: AnyEvent) -> None:
        """Tell a tenant's dashboards that something happened."""
        STAFF_EVENTS.inc()
        await self._server.emit("event", shown(event), room=tenant_room(event.tenant), namespace=NAMESPACE)

    async def presence(self, place: Place, agents: list[dict[str, Any]]) -> None:
        """Tell everybody who has a conversation open who else has."""
        data = {"conversation_id": place.conversation_id, "agents": agents}
        await self._server.emit("presence", data, room=place_room(place), namespace=NAMESPACE)

    async def enter(self, sid: str, tenant: str) -> None:
        """Let a dashboard hear its tenant's events."""
        await self._server.enter_room(sid, tenant_room(tenant), namespace=NAMESPACE)

    async def show(self, sid: str, place: Place | None) -> None:
        """Let a dashboard hear who has a conversation open; of one at a time."""
        for room in self._server.rooms(sid, namespace=NAMESPACE):
            if room.startswith("view:"):
                await self._server.leave_room(sid, room, namespace=NAMESPACE)
        if place is not None:
            await self._server.enter_room(sid, place_room(place), namespace=NAMESPACE)

    async def over(self, sid: str, code: str) -> None:
        """End a dashboard's link and say why."""
        await self._server.emit("session_over", {"code": code}, to=sid, namespace=NAMESPACE)
        await self._server.disconnect(sid, namespace=NAMESPACE)


class StaffNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # the library has no types
    """What a dashboard says."""

    def __init__(self, *, sessions: Sessions, presence: Presence, room: StaffRoom) -> None:
        super().__init__(NAMESPACE)
        self._sessions = sessions
        self._presence = presence
        self._room = room

    async def on_connect(self, sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        """Let an official in."""
        try:
            session = await self._sessions.begin(sid, StaffAuth.model_validate(auth or {}).token)
        except ValidationError as error:
            raise Refused("invalid", {"code": "invalid", "detail": say("payload_invalid")}) from error
        except Problem as problem:
            detail = say("session_over") if problem.code == "token_invalid" else problem.detail
            raise Refused(problem.code, {"code": problem.code, "detail": detail}) from problem
        STAFF_SOCKETS.inc()
        await self._room.enter(sid, session.tenant)

    async def on_disconnect(self, sid: str, *_reason: Any) -> None:
        """Forget what it had open."""
        if self._sessions.end(sid):
            STAFF_SOCKETS.dec()
        await self._presence.leave(sid)

    async def on_view(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Note which conversation is open. That it is the tenant's need not be checked: a place belongs to one."""

        async def take(session: Session) -> None:
            wish = View.model_validate(data)
            place = Place(session.tenant, str(wish.conversation_id)) if wish.conversation_id else None
            await self._room.show(sid, place)
            if place is None:
                await self._presence.leave(sid)
            else:
                await self._presence.sit(sid, place, agent_id=session.agent_id, name=session.name)

        return await self._acknowledge(sid, take)

    async def on_typing(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Note that an official begins or stops to write; who only reads does not write."""

        async def take(session: Session) -> None:
            on = Typing.model_validate(data).on
            await self._presence.typing(sid, on=on and session.role != Role.VIEWER)

        return await self._acknowledge(sid, take)

    async def on_renew(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Take the token that replaces the one of the connection."""

        async def take(_session: Session) -> None:
            await self._sessions.renew(sid, StaffAuth.model_validate(data).token)

        return await self._acknowledge(sid, take)

    async def _acknowledge(self, sid: str, take: Callable[[Session], Awaitable[None]]) -> dict[str, Any]:
        session = self._sessions.get(sid)
        if session is None:
            return _refusal("token_invalid", say("session_over"))
        try:
            await take(session)
        except ValidationError:
            return _refusal("invalid", say("payload_invalid"))
        except Problem as problem:
            return _refusal(problem.code, problem.detail)
        except Exception:
            log.exception("staff_event_failed")
            return _refusal("internal_error", say("internal"))
        return {"ok": True}


async def beat(sessions: Sessions, presence: Presence, *, seconds: float = BEAT_SECONDS) -> None:
    """Keep presence fresh and end what is over, until cancelled."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await presence.beat()
            await sessions.check()
        except Exception:
            log.exception("staff_beat_failed")  # the next beat tries again


def _refusal(code: str, detail: str) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "detail": detail}}

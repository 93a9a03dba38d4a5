"""The chat over Socket.IO."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import socketio
from munbot_common.auth import TokenVerifier
from munbot_common.client import ServiceAway
from munbot_common.ids import uuid7
from munbot_common.logs import bound_correlation_id, get_logger
from munbot_common.problems import Problem
from pydantic import ValidationError
from socketio.exceptions import ConnectionRefusedError as Refused

from munbot_web.chat.feedback import FeedbackService
from munbot_web.chat.hub import Hub
from munbot_web.chat.schemas import (
    ConnectAuth,
    HistoryMessage,
    MessageFeedback,
    OutboundBubble,
    UserUttered,
    wire,
)
from munbot_web.chat.service import Accepted, ChatService, Visitor, bubble_of_history
from munbot_web.metrics import MESSAGES_OUT, SOCKETS
from munbot_web.settings import Settings
from munbot_web.texts import say

log = get_logger("socket")

NAMESPACE = "/"


def is_allowed_origin(origin: str | None, environ: dict[str, Any], allowed: list[str]) -> bool:
    """Return whether a page of this origin may connect: our own host always, others by the list."""
    if origin is None or "*" in allowed or origin.rstrip("/") in allowed:
        return True
    hosts = {environ.get("HTTP_HOST"), environ.get("HTTP_X_FORWARDED_HOST")}
    return urlsplit(origin).netloc in hosts


def make_server(settings: Settings) -> socketio.AsyncServer:
    """Return the Socket.IO server with our limits."""
    allowed = settings.allowed_origins()
    return socketio.AsyncServer(
        async_mode="asgi",
        cors_allowed_origins=lambda origin, environ: is_allowed_origin(origin, environ, allowed),
        max_http_buffer_size=settings.chat_max_packet_bytes,
        ping_interval=20,
        ping_timeout=20,
    )


@dataclass(frozen=True, slots=True)
class Link:
    """Whose socket it is, and which conversation it shows now."""

    visitor: Visitor
    conversation_id: UUID


def address_room(tenant: str, address: str) -> str:
    """Return the room of all sockets of one citizen, whichever conversation they show."""
    return f"address:{tenant}:{address}"


class SocketRoom:
    """Tells the sockets of a citizen. Each is in two rooms of this instance: its address, and what it shows now.

    Bubbles go to the conversation's room alone, so that no socket hears one twice. When an official has closed the
    conversation and the citizen writes again, a new one begins at the same address: `follow` leads their sockets there.
    """

    def __init__(self, server: socketio.AsyncServer, hub: Hub) -> None:
        self._server = server
        self._hub = hub
        self._replays: set[asyncio.Task[None]] = set()

    async def enter(self, sid: str, visitor: Visitor, last_seq: int) -> None:
        """Let a socket in, and bring what it missed since `last_seq` without making it wait."""
        await self._show(sid, visitor, visitor.conversation_id)
        await self._server.enter_room(sid, address_room(visitor.tenant, visitor.address))
        self._begin(self._resume(sid, visitor, last_seq))

    async def follow(self, tenant: str, address: str, conversation_id: UUID, before_seq: int) -> None:
        """Lead the sockets of an address to a newer conversation, of which they hear live from `before_seq` on."""
        room = address_room(tenant, address)
        for sid in [sid for sid, _ in self._server.manager.get_participants(NAMESPACE, room)]:
            link = await self.link(sid)
            # Ids grow with time: a late bubble of the closed conversation does not lead back to it.
            if link is None or conversation_id <= link.conversation_id:
                continue
            await self._show(sid, link.visitor, conversation_id, left=link.conversation_id)
            await self._server.emit("session", {"conversation_id": str(conversation_id)}, to=sid)
            # Its first message was written before anybody knew of it.
            self._begin(self._replay(sid, tenant, conversation_id, 0, before_seq))

    async def link(self, sid: str) -> Link | None:
        """Return what we know of a socket; None when it is gone."""
        try:
            session = await self._server.get_session(sid)
        except KeyError:
            return None
        return session if isinstance(session, Link) else None

    async def typing(self, visitor: Visitor, *, on: bool) -> None:
        """Show or hide the sign that the office is writing."""
        await self._server.emit("typing", {"on": on}, room=address_room(visitor.tenant, visitor.address))

    async def done(self, conversation_id: UUID) -> None:
        """Hide the sign: there is nothing more to come for a message."""
        await self._server.emit("typing", {"on": False}, room=str(conversation_id))

    async def user_message(self, visitor: Visitor, message: Accepted, *, skip: str | None) -> None:
        """Tell the citizen's other tabs what was written in this one."""
        await self._server.emit(
            "user_message",
            {
                "id": str(message.message_id),
                "seq": None,
                "text": message.text,
                "client_message_id": message.key,
                "created_at": message.at,
            },
            room=address_room(visitor.tenant, visitor.address),
            skip_sid=skip,
        )

    async def rated(self, visitor: Visitor, message_id: UUID, value: str, *, skip: str | None) -> None:
        """Show in the citizen's other tabs what was said of an answer in this one."""
        room = address_room(visitor.tenant, visitor.address)
        await self._server.emit("message_feedback", {"id": str(message_id), "value": value}, room=room, skip_sid=skip)

    async def bubble(self, conversation_id: UUID, bubble: OutboundBubble) -> None:
        """Show a bubble of the office."""
        MESSAGES_OUT.inc()
        await self._server.emit("bot_message", wire(bubble), room=str(conversation_id))

    async def _show(self, sid: str, visitor: Visitor, conversation_id: UUID, left: UUID | None = None) -> None:
        await self._server.save_session(sid, Link(visitor, conversation_id))
        await self._server.enter_room(sid, str(conversation_id))
        if left is not None:
            await self._server.leave_room(sid, str(left))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._replays.add(task)
        task.add_done_callback(self._replays.discard)

    async def _resume(self, sid: str, visitor: Visitor, last_seq: int) -> None:
        try:
            current = await self._hub.current(visitor.tenant, visitor.conversation_id)
        except (ServiceAway, Problem) as error:
            log.warning("current_conversation_unknown", kind=type(error).__name__)
            current = visitor.conversation_id
        link = await self.link(sid)
        if link is None:
            return
        if current != visitor.conversation_id:
            last_seq = 0  # it may count in the conversation before
            if current > link.conversation_id:
                await self._show(sid, visitor, current, left=link.conversation_id)
        await self._server.emit("session", {"conversation_id": str(current)}, to=sid)
        await self._replay(sid, visitor.tenant, current, last_seq)

    async def _replay(
        self, sid: str, tenant: str, conversation_id: UUID, last_seq: int, before_seq: int | None = None
    ) -> None:
        try:
            missed = await self._hub.history(tenant, conversation_id, last_seq)
        except (ServiceAway, Problem) as error:
            log.warning("replay_failed", kind=type(error).__name__)
            # The client connects again after a while and asks once more; live messages come meanwhile.
            return
        for message in missed:
            if before_seq is None or message.seq < before_seq:
                await self._emit_history(sid, message)

    async def _emit_history(self, sid: str, message: HistoryMessage) -> None:
        if message.direction == "out":
            await self._server.emit("bot_message", wire(bubble_of_history(message)), to=sid)
            return
        data = {
            "id": str(message.id),
            "seq": message.seq,
            "text": message.text,
            "client_message_id": None,
            "created_at": message.created_at.isoformat(),
        }
        await self._server.emit("user_message", data, to=sid)


class ChatNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # the library has no types
    """Events of the widget."""

    def __init__(
        self, *, chat: ChatService, feedback: FeedbackService, room: SocketRoom, verifier: TokenVerifier
    ) -> None:
        super().__init__(NAMESPACE)
        self._chat = chat
        self._feedback = feedback
        self._room = room
        self._verifier = verifier

    async def on_connect(self, sid: str, _environ: dict[str, Any], auth: Any = None) -> None:
        """Let a visitor in and bring what was missed since `last_seq`."""
        try:
            given = ConnectAuth.model_validate(auth or {})
            visitor = Visitor.of(self._verifier.verify(given.token))
        except ValidationError as error:
            raise Refused("invalid", {"code": "invalid", "detail": say("payload_invalid")}) from error
        except Problem as problem:
            detail = say("token_invalid") if problem.code == "token_invalid" else problem.detail
            raise Refused(problem.code, {"code": problem.code, "detail": detail}) from problem
        await self._room.enter(sid, visitor, given.last_seq)
        SOCKETS.inc()

    async def on_disconnect(self, sid: str, *_reason: Any) -> None:
        """Count it."""
        if await self._room.link(sid):
            SOCKETS.dec()

    async def on_user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Take a message and answer when it is safe."""

        async def take(link: Link) -> UUID:
            uttered = UserUttered.model_validate(data)
            accepted = await self._chat.accept(
                link.visitor,
                uttered.message,
                via="socket",
                payload=uttered.payload,
                key=uttered.client_message_id,
                sid=sid,
            )
            return accepted.message_id

        return await self._acknowledge(sid, take)

    async def on_message_feedback(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Take what the citizen says of an answer, and answer when it is stored."""

        async def take(link: Link) -> UUID:
            wish = MessageFeedback.model_validate(data)
            await self._feedback.rate(
                link.visitor, wish.message_id, wish, conversation_id=link.conversation_id, sid=sid
            )
            return wish.message_id

        return await self._acknowledge(sid, take)

    async def _acknowledge(self, sid: str, take: Callable[[Link], Awaitable[UUID]]) -> dict[str, Any]:
        """Run what a client asked for and say how it went."""
        with bound_correlation_id(str(uuid7())):
            try:
                link = await self._room.link(sid)
                if link is None:
                    return _refusal("token_invalid", say("token_invalid"))
                message_id = await take(link)
            except ValidationError:
                return _refusal("invalid", say("payload_invalid"))
            except Problem as problem:
                retry = problem.headers.get("Retry-After")
                return _refusal(problem.code, problem.detail, int(retry) if retry else None)
            except Exception:
                log.exception("socket_event_failed")
                return _refusal("internal_error", say("internal"))
            return {"ok": True, "message_id": str(message_id)}


def _refusal(code: str, detail: str, retry_after: int | None = None) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "detail": detail, "retry_after": retry_after}}

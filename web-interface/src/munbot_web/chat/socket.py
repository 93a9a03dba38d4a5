"""The chat over Socket.IO."""

import asyncio
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

from munbot_web.chat.hub import Hub
from munbot_web.chat.schemas import ConnectAuth, HistoryMessage, OutboundBubble, UserUttered, wire
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


class SocketRoom:
    """Tells the sockets of a conversation; each conversation is one Socket.IO room of this instance."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self._server = server

    async def typing(self, conversation_id: UUID, *, on: bool) -> None:
        """Show or hide the sign that the office is writing."""
        await self._server.emit("typing", {"on": on}, room=str(conversation_id))

    async def user_message(self, conversation_id: UUID, message: Accepted, *, skip: str | None) -> None:
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
            room=str(conversation_id),
            skip_sid=skip,
        )

    async def bubble(self, conversation_id: UUID, bubble: OutboundBubble) -> None:
        """Show a bubble of the office."""
        MESSAGES_OUT.inc()
        await self._server.emit("bot_message", wire(bubble), room=str(conversation_id))


class ChatNamespace(socketio.AsyncNamespace):  # type: ignore[misc]  # the library has no types
    """Events of the widget."""

    def __init__(self, *, chat: ChatService, hub: Hub, verifier: TokenVerifier) -> None:
        super().__init__(NAMESPACE)
        self._chat = chat
        self._hub = hub
        self._verifier = verifier
        self._replays: set[asyncio.Task[None]] = set()

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
        await self.save_session(sid, visitor)
        await self.enter_room(sid, str(visitor.conversation_id))
        SOCKETS.inc()
        task = asyncio.create_task(self._replay(sid, visitor, given.last_seq))
        self._replays.add(task)
        task.add_done_callback(self._replays.discard)

    async def on_disconnect(self, sid: str, *_reason: Any) -> None:
        """Count it."""
        if await self._visitor(sid):
            SOCKETS.dec()

    async def on_user_uttered(self, sid: str, data: Any = None) -> dict[str, Any]:
        """Take a message and answer when it is safe."""
        with bound_correlation_id(str(uuid7())):
            try:
                uttered = UserUttered.model_validate(data)
                visitor = await self._visitor(sid)
                if visitor is None:
                    return _refusal("token_invalid", say("token_invalid"))
                accepted = await self._chat.accept(
                    visitor,
                    uttered.message,
                    via="socket",
                    payload=uttered.payload,
                    key=uttered.client_message_id,
                    sid=sid,
                )
            except ValidationError:
                return _refusal("invalid", say("payload_invalid"))
            except Problem as problem:
                retry = problem.headers.get("Retry-After")
                return _refusal(problem.code, problem.detail, int(retry) if retry else None)
            except Exception:
                log.exception("user_uttered_failed")
                return _refusal("internal_error", say("internal"))
            return {"ok": True, "message_id": str(accepted.message_id)}

    async def _visitor(self, sid: str) -> Visitor | None:
        try:
            session = await self.get_session(sid)
        except KeyError:
            return None
        return session if isinstance(session, Visitor) else None

    async def _replay(self, sid: str, visitor: Visitor, last_seq: int) -> None:
        await self.emit("session", {"conversation_id": str(visitor.conversation_id)}, to=sid)
        try:
            missed = await self._hub.history(visitor.tenant, visitor.conversation_id, last_seq)
        except (ServiceAway, Problem) as error:
            log.warning("replay_failed", kind=type(error).__name__)
            # The client connects again after a while and asks once more; live messages come meanwhile.
            return
        for message in missed:
            await self._emit_history(sid, message)

    async def _emit_history(self, sid: str, message: HistoryMessage) -> None:
        if message.direction == "out":
            await self.emit("bot_message", wire(bubble_of_history(message)), to=sid)
        else:
            await self.emit(
                "user_message",
                {
                    "id": str(message.id),
                    "seq": message.seq,
                    "text": message.text,
                    "client_message_id": None,
                    "created_at": message.created_at.isoformat(),
                },
                to=sid,
            )


def _refusal(code: str, detail: str, retry_after: int | None = None) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "detail": detail, "retry_after": retry_after}}

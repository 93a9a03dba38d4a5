"""An official's socket lives as long as their token, and their account."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import jwt
from munbot_common.auth import LEEWAY_SECONDS, Principal, TokenVerifier
from munbot_common.client import ServiceAway
from munbot_common.logs import get_logger
from munbot_common.problems import Forbidden

from munbot_web.staff.directory import Directory
from munbot_web.texts import say

log = get_logger("staff")


class StaffOnly(Forbidden):
    """A citizen's or a service's token does not open the dashboard."""

    code = "staff_only"
    title = "Solo para funcionarios"


class AccountOver(Forbidden):
    """The account behind the token was switched off, or has another role now."""

    code = "account_changed"
    title = "Su cuenta cambió"


@dataclass(frozen=True, slots=True)
class Session:
    """Whose socket it is, and until when (seconds since 1970)."""

    tenant: str
    agent_id: str
    role: str
    name: str
    until: float


Over = Callable[[str, str], Awaitable[None]]
"""Ends a socket: its id, and the reason as a code."""


class Sessions:
    """The officials' sockets of this gateway."""

    def __init__(
        self, verifier: TokenVerifier, directory: Directory, over: Over, *, now: Callable[[], float] = time.time
    ) -> None:
        self._verifier = verifier
        self._directory = directory
        self._over = over
        self._now = now
        self._open: dict[str, Session] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        """Return how many sockets are open."""
        return len(self._open)

    def get(self, sid: str) -> Session | None:
        """Return whose socket it is; None when it was ended."""
        return self._open.get(sid)

    async def begin(self, sid: str, token: str) -> Session:
        """Take a socket in.

        Raises:
            TokenInvalid: stale or forged.
            StaffOnly, AccountOver: not an official's, or not any more.
        """
        principal = self._verifier.verify(token)
        if not principal.is_staff:
            raise StaffOnly(say("staff_only"))
        session = Session(
            principal.tenant, principal.subject, principal.role.value, await self._name(principal), _end_of(token)
        )
        self._open[sid] = session
        self._schedule(sid, session)
        return session

    async def renew(self, sid: str, token: str) -> Session:
        """Let a socket live as long as a fresh token of the same official.

        Raises:
            TokenInvalid, StaffOnly, AccountOver: as in `begin`; also for somebody else's token.
        """
        before = self._open.get(sid)
        principal = self._verifier.verify(token)
        if before is None or (principal.tenant, principal.subject) != (before.tenant, before.agent_id):
            raise StaffOnly(say("staff_only"))
        return await self.begin(sid, token)

    def end(self, sid: str) -> bool:
        """Forget a socket; False when it was none of ours."""
        if timer := self._timers.pop(sid, None):
            timer.cancel()
        return self._open.pop(sid, None) is not None

    async def check(self) -> None:
        """End the sockets whose account was switched off or given another role."""
        for sid, session in list(self._open.items()):
            try:
                official = await self._directory.find(session.tenant, session.agent_id)
            except ServiceAway:
                return
            if official is None or not official.active or official.role != session.role:
                await self._over(sid, AccountOver.code)

    async def _name(self, principal: Principal) -> str:
        try:
            official = await self._directory.find(principal.tenant, principal.subject)
        except ServiceAway:
            return ""  # the token is good; the name comes with the next connection
        if official is None or not official.active:
            raise AccountOver(say("account_changed"))
        return official.name

    def _schedule(self, sid: str, session: Session) -> None:
        if timer := self._timers.pop(sid, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[sid] = loop.call_later(max(0.0, session.until - self._now()), self._expire, sid)

    def _expire(self, sid: str) -> None:
        task = asyncio.ensure_future(self._over(sid, "token_expired"))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


def _end_of(token: str) -> float:
    """Return the moment from which a verified token is refused."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return float(claims["exp"]) + LEEWAY_SECONDS

"""Redis as a cache in front of the truth: how fast a conversation writes, and which bodies a key has carried.

Redis may be away: then messages pass without these two checks, and the unique index in conversations still lets
each have exactly one effect.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from munbot_common.logs import get_logger
from redis.asyncio import Redis
from redis.exceptions import RedisError

from munbot_web.metrics import GUARD_AWAY

log = get_logger("guard")

KEY_SECONDS = 24 * 3600
REST_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard knows of one message. `seen` is None where it does not know."""

    retry_after: int | None = None
    seen: bool | None = False
    reused: bool = False


class Guard(Protocol):
    """Looks at a message before it is taken."""

    async def look(self, conversation_id: UUID, message_id: UUID, body: str | None) -> Verdict:
        """Return the verdict; `body` is the hash of a message that has a key."""
        ...


class RedisGuard:
    """The guard on Redis: one round trip for both checks.

    Args:
        redis: a client with short timeouts.
        limit: messages that one conversation may write in one window.
        window_seconds: length of the window.
        monotonic: seconds, for the pause after a failure.
    """

    def __init__(
        self, redis: Redis, *, limit: int, window_seconds: int, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._limit = limit
        self._window = window_seconds
        self._monotonic = monotonic
        self._rest_until = 0.0

    async def look(self, conversation_id: UUID, message_id: UUID, body: str | None) -> Verdict:
        """Count the message and compare its body with an earlier one under the same key."""
        if self._monotonic() < self._rest_until:
            GUARD_AWAY.inc()
            return Verdict(seen=None)
        try:
            return await self._ask(conversation_id, message_id, body)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("guard_away", kind=type(error).__name__)
            GUARD_AWAY.inc()
            self._rest_until = self._monotonic() + REST_SECONDS
            return Verdict(seen=None)

    async def _ask(self, conversation_id: UUID, message_id: UUID, body: str | None) -> Verdict:
        rate_key = f"web:rate:{conversation_id}"
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.incr(rate_key)
            pipe.expire(rate_key, self._window, nx=True)
            pipe.ttl(rate_key)
            if body is not None:
                pipe.set(f"web:key:{message_id}", body, nx=True, ex=KEY_SECONDS, get=True)
            results: list[Any] = await pipe.execute()
        count, left = int(results[0]), int(results[2])
        earlier = results[3] if body is not None else None
        if isinstance(earlier, bytes):
            earlier = earlier.decode()
        return Verdict(
            retry_after=max(1, left) if count > self._limit else None,
            seen=earlier is not None,
            reused=earlier is not None and earlier != body,
        )

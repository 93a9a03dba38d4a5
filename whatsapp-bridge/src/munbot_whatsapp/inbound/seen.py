"""What was published already, remembered in Redis: for speed only, the hub knows the truth."""

import time
from collections.abc import Callable, Collection

from munbot_common.logs import get_logger
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = get_logger("whatsapp.seen")

REST_SECONDS = 5.0


class Seen:
    """Remembers keys for a while. Without Redis everything is new, and for a few seconds it is not even asked.

    Args:
        redis: a client with short timeouts.
        keep_seconds: for how long a repetition is known.
        monotonic: for tests.
    """

    def __init__(self, redis: Redis, *, keep_seconds: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._keep = keep_seconds
        self._monotonic = monotonic
        self._rests_until = 0.0

    async def known(self, keys: Collection[str]) -> frozenset[str]:
        """Return those of the keys that were remembered."""
        if not keys or self._rests():
            return frozenset()
        try:
            values = await self._redis.mget([_name(key) for key in keys])
        except (RedisError, OSError) as error:
            self._away(error)
            return frozenset()
        return frozenset(key for key, value in zip(keys, values, strict=True) if value is not None)

    async def remember(self, keys: Collection[str]) -> None:
        """Remember keys: call it when the broker has what they stand for."""
        if not keys or self._rests():
            return
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for key in keys:
                    pipe.set(_name(key), b"1", ex=self._keep)
                await pipe.execute()
        except (RedisError, OSError) as error:
            self._away(error)

    def _rests(self) -> bool:
        return self._monotonic() < self._rests_until

    def _away(self, error: Exception) -> None:
        self._rests_until = self._monotonic() + REST_SECONDS
        log.warning("redis_away", kind=type(error).__name__)


def _name(key: str) -> str:
    return f"whatsapp:seen:{key}"

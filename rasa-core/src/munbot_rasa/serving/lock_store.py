"""One turn at a time per conversation, by a lease in Redis."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any

import redis.asyncio as redis
from rasa.core.lock_store import LockError, LockStore

LEASE_SECONDS = 6.0
RENEW_SECONDS = 2.0
PATIENCE_SECONDS = 30.0
POLL_SECONDS = 0.03

# Renew or free the lease only while it is still ours.
_RENEW = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) else return 0 end"
)
_FREE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end"


class LeasedRedisLockStore(LockStore):
    """Lock conversations with a short lease that is renewed while the turn runs.

    Rasa's own Redis lock store writes tickets that live for 60 s: after `kill -9` in the middle of a turn the
    conversation is stuck for a minute. It also needs seven round trips per turn and waits in steps of one second; this
    needs two round trips and frees a killed turn after `LEASE_SECONDS`.
    """

    def __init__(self, endpoint_config: Any) -> None:
        self._redis = redis.Redis.from_url(endpoint_config.url, socket_timeout=5, socket_connect_timeout=5)
        self._renew = self._redis.register_script(_RENEW)
        self._free = self._redis.register_script(_FREE)

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LEASE_SECONDS, wait_time_in_seconds: float = POLL_SECONDS
    ) -> AsyncGenerator[None, None]:
        """Hold the conversation for the length of the block.

        Raises:
            LockError: when another turn holds it for longer than `PATIENCE_SECONDS`, or Redis is away.
        """
        key, token = f"rasa:lock:{conversation_id}", uuid.uuid4().hex
        await self._acquire(key, token, lock_lifetime, wait_time_in_seconds)
        renewal = asyncio.ensure_future(self._keep(key, token, lock_lifetime))
        try:
            yield
        finally:
            renewal.cancel()
            # A lease that cannot be freed runs out by itself; the finished turn must not fail for it.
            with contextlib.suppress(Exception):
                await self._free(keys=[key], args=[token])

    async def _acquire(self, key: str, token: str, lifetime: float, poll: float) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await self._take(key, token, lifetime):
            if time.monotonic() > deadline:
                raise LockError("Another turn of this conversation is still running")
            await asyncio.sleep(poll)

    async def _take(self, key: str, token: str, lifetime: float) -> bool:
        try:
            return bool(await self._redis.set(key, token, nx=True, px=int(lifetime * 1000)))
        except (redis.RedisError, OSError) as error:
            raise LockError(f"The lock store cannot be asked: {error}") from error

    async def _keep(self, key: str, token: str, lifetime: float) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(Exception):
                await self._renew(keys=[key], args=[token, int(lifetime * 1000)])

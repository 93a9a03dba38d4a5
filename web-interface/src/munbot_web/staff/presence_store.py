"""Presence shared through Redis: one hash for each conversation that somebody has open, one field for each gateway.

A field says until when it holds, so that a gateway that died is forgotten. The gateways' clocks are expected to differ
by much less than LIFE_SECONDS.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from munbot_common.logs import get_logger
from redis.asyncio import Redis
from redis.exceptions import RedisError

from munbot_web.staff.presence import Place, Present

log = get_logger("presence")

CHANNEL = "web:presence"
LIFE_SECONDS = 30
REST_SECONDS = 3.0
AWAY = (RedisError, OSError, TimeoutError)


class RedisPresence:
    """What the gateways know of one another.

    Args:
        redis: a client with short timeouts.
        instance: this gateway's own name.
        now: seconds since 1970.
        monotonic: seconds, for the pause after a failure.
    """

    def __init__(
        self,
        redis: Redis,
        instance: str,
        *,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._instance = instance
        self._now = now
        self._monotonic = monotonic
        self._rest_until = 0.0

    async def put(self, place: Place, agents: list[Present]) -> None:
        """Keep who is present here, and tell the other gateways."""
        if self._resting():
            return
        key = _key(place)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                if agents:
                    until = self._now() + LIFE_SECONDS
                    kept = {"until": until, "agents": [asdict(agent) for agent in agents]}
                    pipe.hset(key, self._instance, json.dumps(kept))
                    pipe.expire(key, 2 * LIFE_SECONDS)
                else:
                    pipe.hdel(key, self._instance)
                pipe.publish(CHANNEL, json.dumps([*place, self._instance]))
                await pipe.execute()
        except AWAY as error:
            self._rest(error)

    async def others(self, place: Place) -> list[Present]:
        """Return who is present at the other gateways; nobody while Redis is away."""
        if self._resting():
            return []
        try:
            fields: dict[bytes | str, bytes | str] = await self._redis.hgetall(_key(place))
        except AWAY as error:
            self._rest(error)
            return []
        found: list[Present] = []
        for field, value in fields.items():
            kept: dict[str, Any] = json.loads(value)
            if _text(field) != self._instance and kept["until"] > self._now():
                found += [Present(**agent) for agent in kept["agents"]]
        return found

    async def listen(self, heard: Callable[[Place], Awaitable[None]]) -> None:
        """Call `heard` with every place of which another gateway tells, until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    while True:
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=30.0)
                        if message is None:
                            continue
                        tenant, conversation_id, instance = json.loads(message["data"])
                        if instance != self._instance:
                            await heard(Place(tenant, conversation_id))
            except AWAY as error:
                self._rest(error)
                await asyncio.sleep(REST_SECONDS)
            except Exception:
                log.exception("presence_not_heard")
                await asyncio.sleep(REST_SECONDS)

    def _resting(self) -> bool:
        return self._monotonic() < self._rest_until

    def _rest(self, error: Exception) -> None:
        log.warning("presence_away", kind=type(error).__name__)
        self._rest_until = self._monotonic() + REST_SECONDS


def _key(place: Place) -> str:
    return f"web:presence:{place.tenant}:{place.conversation_id}"


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

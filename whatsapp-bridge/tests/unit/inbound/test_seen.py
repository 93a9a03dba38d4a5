"""What was published already: Redis may go away at any moment."""

import asyncio

from munbot_whatsapp.inbound.seen import REST_SECONDS, Seen
from redis.exceptions import ConnectionError as RedisAway


class FakeRedis:
    def __init__(self):
        self.kept, self.away, self.calls = {}, False, 0

    def _answer(self):
        self.calls += 1
        if self.away:
            raise RedisAway

    async def mget(self, names):
        self._answer()
        return [self.kept.get(name) for name in names]

    def pipeline(self, *, transaction):
        redis, wishes = self, []

        class Pipe:
            async def __aenter__(self):
                return self

            async def __aexit__(self, *_):
                pass

            def set(self, name, value, *, ex):
                wishes.append((name, value, ex))

            async def execute(self):
                redis._answer()
                redis.kept |= {name: value for name, value, _ in wishes}
                redis.expiries = {ex for *_, ex in wishes}

        return Pipe()


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def seen_and_redis():
    redis, clock = FakeRedis(), Clock()
    return Seen(redis, keep_seconds=60, monotonic=clock), redis, clock


def test_what_is_remembered_is_known():
    seen, redis, _ = seen_and_redis()
    asyncio.run(seen.remember(["a", "b"]))
    assert asyncio.run(seen.known(["a", "b", "c"])) == {"a", "b"}
    assert redis.expiries == {60}


def test_nothing_is_asked_about_nothing():
    seen, redis, _ = seen_and_redis()
    assert asyncio.run(seen.known([])) == frozenset()
    asyncio.run(seen.remember([]))
    assert redis.calls == 0


def test_without_redis_all_is_new_and_redis_is_left_alone_for_a_while():
    seen, redis, clock = seen_and_redis()
    asyncio.run(seen.remember(["a"]))
    redis.away = True
    assert asyncio.run(seen.known(["a"])) == frozenset()
    asyncio.run(seen.remember(["b"]))
    assert asyncio.run(seen.known(["a"])) == frozenset()
    assert redis.calls == 2  # one to remember, one that failed
    redis.away, clock.now = False, clock.now + REST_SECONDS
    assert asyncio.run(seen.known(["a", "b"])) == {"a"}

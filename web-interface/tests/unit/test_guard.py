import asyncio

from munbot_common.ids import uuid7
from munbot_web.chat.guard import RedisGuard
from redis.exceptions import ConnectionError as RedisAway

CONVERSATION = uuid7()


class FakePipe:
    def __init__(self, redis):
        self.redis, self.results = redis, []

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    def incr(self, key):
        self.redis.counts[key] = self.redis.counts.get(key, 0) + 1
        self.results.append(self.redis.counts[key])

    def expire(self, key, seconds, *, nx):
        assert nx, "a window that is pushed on with each message would never end"
        self.results.append(True)

    def ttl(self, key):
        self.results.append(7)

    def set(self, key, value, *, nx, ex, get):
        self.results.append(self.redis.bodies.get(key))
        self.redis.bodies.setdefault(key, value.encode())

    async def execute(self):
        self.redis.asked += 1
        if self.redis.away:
            raise RedisAway("away")
        return self.results


class FakeRedis:
    def __init__(self):
        self.counts, self.bodies, self.away, self.asked = {}, {}, False, 0

    def pipeline(self, *, transaction):
        return FakePipe(self)


def guard(redis, limit=2, now=lambda: 0.0):
    return RedisGuard(redis, limit=limit, window_seconds=10, monotonic=now)


def look(guard, message=None, body=None):
    return asyncio.run(guard.look(CONVERSATION, message or uuid7(), body))


def test_the_message_over_the_limit_waits_for_the_window():
    watched = guard(FakeRedis())
    assert [look(watched).retry_after for _ in range(3)] == [None, None, 7]


def test_a_key_remembers_its_body():
    watched, message = guard(FakeRedis(), limit=10), uuid7()
    assert look(watched, message, "a").seen is False
    again = look(watched, message, "a")
    assert (again.seen, again.reused) == (True, False)
    assert look(watched, message, "b").reused is True
    assert look(watched).seen is False


def test_without_redis_it_lets_pass_and_rests_before_it_asks_again():
    redis, time = FakeRedis(), [0.0]
    watched = guard(redis, now=lambda: time[0])
    redis.away = True
    assert look(watched, body="a").seen is None
    assert look(watched, body="a").seen is None
    assert redis.asked == 1
    redis.away, time[0] = False, 3.5
    assert look(watched, body="a").seen is False

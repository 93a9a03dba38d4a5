"""Deadlines, and a bounded queue in front of something that does one thing at a time."""

import asyncio
import math
import time
from collections import deque
from contextlib import suppress

from munbot_llm.processes import metrics
from munbot_llm.processes.problems import DeadlineExceeded, QueueFull

MAX_RETRY_SECONDS = 120


class Deadline:
    """A moment until which all parts of a request together must be done."""

    __slots__ = ("_at", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return how many seconds are left; never less than 0."""
        return max(0.0, self._at - time.monotonic())


class Turn:
    """The right to run. Whoever has it gives it back, once."""

    __slots__ = ("_queue", "_released", "_started")

    def __init__(self, queue: "BoundedQueue") -> None:
        self._queue = queue
        self._started = time.monotonic()
        self._released = False

    def release(self) -> None:
        """Let the next one run. Calling it again does nothing."""
        if not self._released:
            self._released = True
            self._queue._leave(time.monotonic() - self._started)  # noqa: SLF001 - two halves of one thing


class BoundedQueue:
    """First come, first served; one runs, `size` may wait, the next is refused.

    Args:
        size: how many may wait beyond the one that runs.
        name: for the metrics.
    """

    def __init__(self, size: int, *, name: str = "queue") -> None:
        self._size = size
        self._name = name
        self._busy = False
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._usual_seconds = 1.0
        self._since = time.monotonic()
        self._length = metrics.QUEUE_LENGTH.labels(name)
        self._seconds = metrics.QUEUE_SECONDS.labels(name)
        self._length.set(0)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether one runs."""
        return self._busy

    def idle_seconds(self) -> float:
        """Return for how long nothing has run; 0 while something does."""
        return 0.0 if self._busy else time.monotonic() - self._since

    async def enter(self, deadline: Deadline) -> Turn:
        """Wait for a turn.

        Raises:
            QueueFull: too many wait already.
            DeadlineExceeded: the turn did not come in time.
        """
        started = time.monotonic()
        if self._busy:
            await self._wait(deadline)
        self._busy = True
        self._seconds.observe(time.monotonic() - started)
        return Turn(self)

    async def _wait(self, deadline: Deadline) -> None:
        if len(self._waiting) >= self._size:
            metrics.QUEUE_REFUSED.labels(self._name).inc()
            raise QueueFull(headers={"Retry-After": str(self._retry_seconds())})
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        self._length.set(len(self._waiting))
        try:
            async with asyncio.timeout(deadline.left()):
                await place
        except BaseException as error:
            if place.done() and not place.cancelled():  # it was given a turn at the very moment that it gave up
                self._pass_on()
            with suppress(ValueError):
                self._waiting.remove(place)
            if isinstance(error, TimeoutError):
                raise DeadlineExceeded from None
            raise
        finally:
            self._length.set(len(self._waiting))

    def _retry_seconds(self) -> int:
        wait = self._usual_seconds * (len(self._waiting) + 1) / 2
        return max(1, min(MAX_RETRY_SECONDS, math.ceil(wait)))

    def _leave(self, seconds: float) -> None:
        self._usual_seconds += 0.2 * (seconds - self._usual_seconds)
        self._since = time.monotonic()
        self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to the first that waits; the queue stays busy in between, so that nobody overtakes."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                return
        self._busy = False
        self._since = time.monotonic()

"""A request while it is in the child, as the parent sees it."""

import asyncio
from collections.abc import AsyncIterator, Callable

from munbot_common.problems import Problem

from munbot_llm.processes.problems import DeadlineExceeded
from munbot_llm.processes.waiting import Deadline, Turn
from munbot_llm.processes.wire import Message


class Call:
    """Replies on their way to whoever asked. The child's part ends exactly once, and with it the turn.

    Args:
        number: the request's number on the wire.
        turn: given back when the child is free, even if nobody has read the replies yet.
        deadline: then the reader gets a problem, and `give_up` is called.
        give_up: takes the request back from the child.
    """

    def __init__(self, number: int, turn: Turn, deadline: Deadline, give_up: Callable[["Call"], None]) -> None:
        self.number = number
        self.ended = asyncio.Event()
        self.given_up = False
        self._turn = turn
        self._give_up = give_up
        self._replies: asyncio.Queue[Message | Problem | None] = asyncio.Queue()
        self._timer = asyncio.get_running_loop().call_later(deadline.left(), self._expire)

    def reply(self, message: Message) -> None:
        """Hand on one reply."""
        if not self.given_up:
            self._replies.put_nowait(message)

    def end(self, problem: Problem | None = None) -> None:
        """Note that the child is free of it, with a problem or without."""
        if not self.ended.is_set():
            self.ended.set()
            self._timer.cancel()
            self._replies.put_nowait(problem)
            self._turn.release()

    def leave(self) -> None:
        """Note that nobody reads any more."""
        self._timer.cancel()
        if not self.ended.is_set() and not self.given_up:
            self.given_up = True
            self._give_up(self)

    def _expire(self) -> None:
        self._replies.put_nowait(DeadlineExceeded())
        self.leave()

    def __aiter__(self) -> AsyncIterator[Message]:
        """Iterate over the replies; the problem that ends them, if one does, is raised."""
        return self

    async def __anext__(self) -> Message:
        """Return the next reply."""
        item = await self._replies.get()
        if isinstance(item, Message):
            return item
        self._replies.put_nowait(item)  # whoever asks again hears the same
        if item is None:
            raise StopAsyncIteration
        raise item

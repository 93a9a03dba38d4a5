"""Which conversations of this process have something to answer."""

import heapq
import threading
import time
from collections import OrderedDict, deque
from uuid import UUID

FRESH_LIMIT = 20_000


class TurnBoard:
    """Hands waiting conversations to turn threads, each to one thread at a time and none twice over.

    It is only a hint for speed: what it forgets, the poll finds in the database.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: deque[UUID] = deque()
        self._queued: set[UUID] = set()
        self._running: set[UUID] = set()
        self._again: set[UUID] = set()
        self._fresh: OrderedDict[UUID, None] = OrderedDict()
        self._later: list[tuple[float, UUID]] = []

    def wake(self, conversation_id: UUID, fresh_message: UUID | None = None, *, after: float = 0.0) -> None:
        """Put a conversation on the board.

        Args:
            conversation_id: which.
            fresh_message: a message that was stored just now by this process, so that nobody can have asked it yet.
            after: seconds to let pass before.
        """
        with self._condition:
            if fresh_message is not None:
                self._fresh[fresh_message] = None
                if len(self._fresh) > FRESH_LIMIT:
                    self._fresh.popitem(last=False)
            if after > 0:
                heapq.heappush(self._later, (time.monotonic() + after, conversation_id))
                self._condition.notify()  # whoever sleeps may have to get up earlier
            else:
                self._put(conversation_id)

    def _put(self, conversation_id: UUID) -> None:
        if conversation_id in self._running:
            self._again.add(conversation_id)
        elif conversation_id not in self._queued:
            self._queued.add(conversation_id)
            self._waiting.append(conversation_id)
            self._condition.notify()

    def _put_due(self) -> None:
        while self._later and self._later[0][0] <= time.monotonic():
            self._put(heapq.heappop(self._later)[1])

    def take(self, timeout: float) -> UUID | None:
        """Return the next conversation, or None after `timeout` seconds; call `done` afterwards."""
        with self._condition:
            deadline = time.monotonic() + timeout
            self._put_due()
            while not self._waiting:
                wake_at = min(deadline, self._later[0][0]) if self._later else deadline
                if not self._condition.wait(max(0.0, wake_at - time.monotonic())) and wake_at == deadline:
                    return None
                self._put_due()
            conversation_id = self._waiting.popleft()
            self._queued.discard(conversation_id)
            self._running.add(conversation_id)
            return conversation_id

    def done(self, conversation_id: UUID) -> None:
        """Say that a taken conversation is finished; it comes back if something arrived meanwhile."""
        with self._condition:
            self._running.discard(conversation_id)
            again = conversation_id in self._again
            self._again.discard(conversation_id)
        if again:
            self.wake(conversation_id)

    def is_fresh(self, message_id: UUID) -> bool:
        """Tell, once, whether nobody can have asked this message before."""
        with self._condition:
            return self._fresh.pop(message_id, False) is None

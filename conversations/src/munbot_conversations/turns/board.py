"""Which conversations of this process have something to answer."""

import threading
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

    def wake(self, conversation_id: UUID, fresh_message: UUID | None = None) -> None:
        """Put a conversation on the board.

        Args:
            conversation_id: which.
            fresh_message: a message that was stored just now by this process, so that nobody can have asked it yet.
        """
        with self._condition:
            if fresh_message is not None:
                self._fresh[fresh_message] = None
                if len(self._fresh) > FRESH_LIMIT:
                    self._fresh.popitem(last=False)
            if conversation_id in self._running:
                self._again.add(conversation_id)
            elif conversation_id not in self._queued:
                self._queued.add(conversation_id)
                self._waiting.append(conversation_id)
                self._condition.notify()

    def take(self, timeout: float) -> UUID | None:
        """Return the next conversation, or None after `timeout` seconds; call `done` afterwards."""
        with self._condition:
            if not self._waiting:
                self._condition.wait(timeout)
            if not self._waiting:
                return None
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

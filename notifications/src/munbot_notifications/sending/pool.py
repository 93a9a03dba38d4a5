"""The senders of a process, each in a thread of its own."""

import threading
from collections.abc import Callable

from munbot_common.logs import get_logger

from munbot_notifications.sending.sender import BATCH, Sender

log = get_logger("notifications.pool")

IDLE_SECONDS = 0.5
"""How often the first sender looks by itself; the others wait until there is more than it can take."""
REST_SECONDS = 5.0


class SenderPool:
    """Runs senders until told to stop.

    Args:
        make: makes one sender.
        size: how many.
    """

    def __init__(self, make: Callable[[], Sender], size: int) -> None:
        self._make = make
        self._wakes = [threading.Event() for _ in range(size)]

    def wake(self) -> None:
        """Look now: call it right after a commit."""
        self._wakes[0].set()

    def loop(self, number: int, stop: threading.Event) -> None:
        """Send until `stop` is set; the database may come and go."""
        sender = self._make()
        wake = self._wakes[number]
        try:
            while not stop.is_set():
                wake.clear()
                try:
                    taken = sender.run_once()
                except Exception:
                    log.exception("sender_failed")
                    stop.wait(1.0)
                    continue
                if taken == BATCH:
                    for other in self._wakes:
                        other.set()
                elif not taken:
                    wake.wait(REST_SECONDS if number else IDLE_SECONDS)
        finally:
            sender.close()

    @property
    def size(self) -> int:
        """How many senders there are."""
        return len(self._wakes)

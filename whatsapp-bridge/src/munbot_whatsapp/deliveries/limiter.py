"""How fast an account may send."""

import threading
import time
from collections import defaultdict
from uuid import UUID


class RateLimiter:
    """Gives each account's calls their places in time, evenly spaced; safe in many threads, one process."""

    def __init__(self) -> None:
        self._next: defaultdict[UUID, float] = defaultdict(float)
        self._lock = threading.Lock()

    def reserve(self, account_id: UUID, per_second: float) -> float:
        """Take the account's next place; returns the seconds until it comes."""
        with self._lock:
            now = time.monotonic()
            place = max(now, self._next[account_id])
            self._next[account_id] = place + 1.0 / per_second
        return place - now

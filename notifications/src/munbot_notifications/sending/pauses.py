"""Which channels are away now: nothing is tried on them until their pause is over."""

import threading
from datetime import datetime, timedelta

from munbot_notifications.sending.metrics import AWAY

FIRST = timedelta(seconds=2)
LONGEST = timedelta(seconds=30)


class Pauses:
    """Shared by all senders of a process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pauses: dict[str, tuple[datetime, timedelta]] = {}

    def begin(self, channel: str, now: datetime) -> datetime:
        """Note that a channel is away; return when to look again: 2 s, doubled each time, at most 30 s."""
        with self._lock:
            until, length = self._pauses.get(channel, (now, FIRST / 2))
            if until > now:  # another sender has just seen it too
                return until
            length = min(length * 2, LONGEST)
            self._pauses[channel] = (now + length, length)
        AWAY.labels(channel).set(1)
        return now + length

    def end(self, channel: str) -> None:
        """Note that a channel works."""
        with self._lock:
            known = self._pauses.pop(channel, None)
        if known:
            AWAY.labels(channel).set(0)

    def now(self, now: datetime) -> frozenset[str]:
        """Return which channels are not to be tried."""
        with self._lock:
            return frozenset(channel for channel, (until, _) in self._pauses.items() if until > now)

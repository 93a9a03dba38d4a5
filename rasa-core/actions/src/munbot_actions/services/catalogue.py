"""What services say about themselves, kept for some seconds."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from munbot_common.client import ServiceAway, ServiceProblem
from munbot_common.logs import get_logger

T = TypeVar("T")

log = get_logger("catalogue")


def _in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True, name="catalogue").start()


class Kept(Generic[T]):
    """Values by key. An old one is given at once while a new one is fetched: no citizen waits for a list.

    Args:
        ask: fetches the value of a key.
        seconds: from this age on a value is old.
        monotonic: the clock.
        spawn: runs the fetching beside the turn.
    """

    def __init__(
        self,
        ask: Callable[[str], T],
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
        spawn: Callable[[Callable[[], None]], None] = _in_background,
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._monotonic = monotonic
        self._spawn = spawn
        self._values: dict[str, tuple[float, T]] = {}
        self._fetching: set[str] = set()
        self._lock = threading.Lock()

    def get(self, key: str) -> T:
        """Return the value of `key`, for example of a tenant.

        Raises:
            ServiceAway, ServiceProblem: there is no value yet, and none can be had.
        """
        with self._lock:
            held = self._values.get(key)
            old = held is not None and self._monotonic() - held[0] >= self._seconds
            fetch = old and key not in self._fetching
            if fetch:
                self._fetching.add(key)
        if held is None:
            return self._fetch(key)
        if fetch:
            self._spawn(lambda: self._refresh(key))
        return held[1]

    def _fetch(self, key: str) -> T:
        value = self._ask(key)
        with self._lock:
            self._values[key] = (self._monotonic(), value)
        return value

    def _refresh(self, key: str) -> None:
        try:
            self._fetch(key)
        except (ServiceAway, ServiceProblem) as error:
            log.warning("not_refreshed", kind=type(error).__name__)
        finally:
            with self._lock:
                self._fetching.discard(key)

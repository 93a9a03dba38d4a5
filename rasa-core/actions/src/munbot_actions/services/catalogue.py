"""What services say about themselves, kept for some seconds."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Values by key, asked again when they are older than `seconds`; a stale one is better than none."""

    def __init__(
        self, ask: Callable[[str], T], seconds: float, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._seconds = seconds
        self._monotonic = monotonic
        self._values: dict[str, tuple[float, T]] = {}
        self._lock = threading.Lock()

    def get(self, key: str, *, stale_on: tuple[type[Exception], ...] = ()) -> T:
        """Return the value of `key`.

        Args:
            key: for example a tenant.
            stale_on: errors at which an old value is used instead.
        """
        with self._lock:
            held = self._values.get(key)
        if held and self._monotonic() - held[0] < self._seconds:
            return held[1]
        try:
            value = self._ask(key)
        except stale_on:
            if held:
                return held[1]
            raise
        with self._lock:
            self._values[key] = (self._monotonic(), value)
        return value

"""Ends a text at a stop string, even if that comes in pieces. Standard library only: the child's."""

from collections.abc import Sequence


class StopFilter:
    """Lets text through up to the first stop string, which itself is never let through.

    Args:
        stops: strings that end the text; empty ones are ignored.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.stopped = False

    def feed(self, text: str) -> str:
        """Take more text; return what can be said already. What may be the beginning of a stop string is held back."""
        if self.stopped:
            return ""
        if not self._stops:
            return text
        self._held += text
        ends = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if ends:
            self.stopped = True
            return self._take(min(ends))
        return self._take(len(self._held) - self._undecided())

    def rest(self) -> str:
        """Return what was held back, once no more text comes."""
        return "" if self.stopped else self._take(len(self._held))

    def _take(self, count: int) -> str:
        said, self._held = self._held[:count], self._held[count:]
        return said

    def _undecided(self) -> int:
        """Return the length of the longest end of the text that begins a stop string."""
        longest = 0
        for stop in self._stops:
            for length in range(min(len(stop) - 1, len(self._held)), longest, -1):
                if self._held.endswith(stop[:length]):
                    longest = length
                    break
        return longest

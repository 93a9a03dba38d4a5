"""What comes back from page to page, misread or not."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from munbot_llm.documents import labels
from munbot_llm.documents.text import folded
from munbot_llm.documents.titles import is_caps

_NEAR = 6  # pages after which something that has not come back is forgotten
_FEW_PAGES = 5
_LONGEST_STAMP = 40


class _Clusters:
    """Groups of alike keys with the pages on which they stand."""

    def __init__(self, pages: int) -> None:
        self._enough = 2 if pages <= _FEW_PAGES else 3
        self._live: list[tuple[str, list[int]]] = []
        self._done: list[str] = []

    def add(self, key: str, page: int) -> None:
        for known, pages in self._live:
            if alike(key, known):
                if pages[-1] != page:
                    pages.append(page)
                return
        self._live.append((key, [page]))

    def forget(self, page: int) -> None:
        """Drop what has not come back for some pages."""
        for key, pages in self._live:
            if pages[-1] < page - _NEAR and len(pages) >= self._enough:
                self._done.append(key)
        self._live = [(key, pages) for key, pages in self._live if pages[-1] >= page - _NEAR]

    def keys(self) -> list[str]:
        """Return the keys that came back often enough."""
        return list(dict.fromkeys([*self._done, *(key for key, pages in self._live if len(pages) >= self._enough)]))


def alike(one: str, other: str) -> bool:
    """Say whether two keys are the same but for reading errors."""
    if max(len(one), len(other)) < 6:
        return one == other
    return fuzz.ratio(one, other) >= (85 if len(one) >= 10 else 75)


def _gathered(edges: Sequence[Iterable[str]]) -> list[str]:
    clusters = _Clusters(len(edges))
    for page, keys in enumerate(edges):
        for key in keys:
            clusters.add(key, page)
        clusters.forget(page)
    return clusters.keys()


class Repeated:
    """Lines that come back at the same edge of several pages."""

    def __init__(self, edges: Sequence[Sequence[str]]) -> None:
        self._keys = _gathered(
            [[_key(line) for line in edge if len(_key(line)) >= 3 and line[-1] != ":"] for edge in edges]
        )
        self.lines = [line for edge in edges for line in edge if line in self]

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, str):
            return False
        key = _key(line)
        if len(key) < 3 or (len(key) < 10 and not line.isupper()):
            return False
        if line.endswith(":") or labels.article(line) or labels.division(line, {}) or labels.mark(line):
            return False
        return any(alike(key, known) for known in self._keys)


class Stamps:
    """Words in capitals that come back at the foot of pages, in short lines or behind the text."""

    def __init__(self, feet: Sequence[Sequence[str]]) -> None:
        self._keys = _gathered([[folded(word) for line in foot for word in _stamped(line)] for foot in feet])

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, str) or not line.isupper() or len(line) > _LONGEST_STAMP:
            return False
        tokens = re.findall(r"[^\W\d_]+", line)
        return any(self._knows(token) for token in tokens) and all(
            len(token) <= 2 or self._knows(token) for token in tokens
        )

    def cut_off(self, line: str) -> str:
        """Return a line of text without the stamp's words behind it: «de ambos establecimientos SECCION»."""
        if not self._keys or is_caps(line):
            return line
        tokens = line.split()
        cut, found = len(tokens), False
        while cut and self._is_stamp_word(tokens[cut - 1]):
            cut -= 1
            found = found or len(tokens[cut]) >= 5
        return " ".join(tokens[:cut]) if found and cut else line

    def _is_stamp_word(self, token: str) -> bool:
        letters = [letter for letter in token if letter.isalpha()]
        if not letters:
            return not any(letter.isdigit() for letter in token)
        if not all(letter.isupper() for letter in letters):
            return False
        return len(letters) <= 2 or self._knows(token.strip(".,;:-"))

    def _knows(self, token: str) -> bool:
        return len(token) >= 4 and any(alike(folded(token), known) for known in self._keys)


def _stamped(line: str) -> list[str]:
    tokens = line.split()
    if len(line) > 40:
        tokens = [] if is_caps(line) else tokens[-1:]
    return [token for token in tokens if len(token) >= 4 and token.isalpha() and token.isupper()]


def _key(line: str) -> str:
    return re.sub(r"[^\w#]+", " ", re.sub(r"\d", "#", folded(line))).strip()

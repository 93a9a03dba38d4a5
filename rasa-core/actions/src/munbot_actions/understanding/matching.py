"""Find which item of a list (procedures, offices, categories) a citizen means, misspellings and all."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from munbot_actions.understanding.normalise import fold, words
from munbot_actions.understanding.vocabulary import vocabulary

_STOP = vocabulary("stop")
_WEAK = vocabulary("weak")
_ANY_REQUEST = vocabulary("not_procedures")
_WEAK_SHARE = 0.25
"""What a verb that goes with many procedures weighs beside a telling word."""
_REQUEST = re.compile(r"\b(?:sacar|pedir|tomar)(?:me|le)? (?:un[ao]? )?(?:h?oras?|citas?|turno)\b")
_MOST_WORDS = 60
_ENOUGH = 0.62
_POSSIBLE = 0.3


@dataclass(frozen=True)
class Match:
    """An item and how much of one of its names was said (0 to 1, a little more for longer names)."""

    id: str
    score: float


@lru_cache(maxsize=20_000)
def alike(said: str, name: str) -> float:
    """Return how alike two folded words are: 1 the same, 0 different."""
    if said == name:
        return 1.0
    shorter, longer = sorted((len(said), len(name)))
    if shorter < 3:
        return 0.0
    if said.rstrip("s") == name.rstrip("s"):
        return 0.97
    prefix = next((i for i, (a, b) in enumerate(zip(said, name, strict=False)) if a != b), shorter)
    if prefix >= 5 and prefix / longer >= 0.55:
        return 0.9
    if shorter < 4 or longer - shorter > 2 or len(set(said) & set(name)) < shorter - 2:
        return 0.0
    ratio = SequenceMatcher(None, said, name, autojunk=False).ratio()
    return ratio if ratio >= (0.8 if longer > 5 else 0.86) else 0.0


class Names:
    """The names of a list's items, weighted by how telling each word is.

    Args:
        items: id and all names of each item.
        extra_stop: further words that say nothing here.
    """

    def __init__(self, items: Iterable[tuple[str, Sequence[str]]], extra_stop: Iterable[str] = ()) -> None:
        stop = _STOP | set(extra_stop)
        self._phrases: list[tuple[str, tuple[str, ...]]] = []
        for item, names in items:
            for name in names:
                kept = tuple(dict.fromkeys(w for w in words(name) if w not in stop))
                if kept:
                    self._phrases.append((item, kept))
        self._stop = stop
        holders: Counter[str] = Counter()
        for item, word in {(item, word) for item, phrase in self._phrases for word in phrase}:
            del item
            holders[word] += 1
        count = len({item for item, _ in self._phrases}) or 1
        self._weight = {
            word: math.log(1 + count / held) * (_WEAK_SHARE if word in _WEAK else 1.0) for word, held in holders.items()
        }

    def match(self, text: str) -> list[Match]:
        """Return the items that were named, the likeliest first."""
        return [match for match in self._scores(text) if match.score >= _ENOUGH]

    def possible(self, text: str) -> list[Match]:
        """Return the items of which at least something was named."""
        return [match for match in self._scores(text) if match.score >= _POSSIBLE]

    def best(self, text: str) -> str | None:
        """Return the one item that was named, or None when none or several fit as well."""
        found = self.match(text)
        if not found:
            return None
        if len(found) > 1 and found[1].score >= found[0].score * 0.96:
            return None
        return found[0].id

    def unknown_words(self, text: str) -> list[str]:
        """Return the words that mean something, and none of these items."""
        plain = self._stop | _WEAK | _ANY_REQUEST
        said = [w for w in words(_REQUEST.sub(" ", fold(text))) if w not in plain and len(w) > 3]
        return [w for w in said if not w.isdigit() and all(alike(w, known) == 0 for known in self._weight)]

    def _scores(self, text: str) -> list[Match]:
        plain = _REQUEST.sub(" ", fold(text))
        said = list(dict.fromkeys(w for w in words(plain) if w not in self._stop))[:_MOST_WORDS]
        likeness = {word: max((alike(s, word) for s in said), default=0.0) for word in self._weight}
        best: dict[str, float] = {}
        for item, phrase in self._phrases:
            total = sum(self._weight[word] for word in phrase)
            got = sum(self._weight[word] * likeness[word] for word in phrase)
            score = got / total * (1 + 0.04 * sum(likeness[word] > 0 for word in phrase))
            best[item] = max(best.get(item, 0.0), score)
        return sorted((Match(i, s) for i, s in best.items() if s > 0), key=lambda m: -m.score)

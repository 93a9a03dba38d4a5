"""Search by words: stems and everyday synonyms, with tolerance for typing errors, ranked by BM25."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from munbot_llm.retrieval.text import function_words, resource, stem, stems, words

_K1 = 1.2
_B = 0.6
_SYNONYM_WEIGHT = 0.6
_TYPO_WEIGHT = 0.7
_SHORTEST_TYPO = 5  # letters; shorter words are too easily other words


@cache
def _concepts() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the thesaurus's terms as stems, with the names of their groups."""
    found: dict[tuple[str, ...], list[str]] = {}
    groups = [line for lines in resource("thesaurus.yml").values() for line in lines]
    for number, line in enumerate(groups):
        for term in str(line).split(","):
            key = tuple(stem(word) for word in words(term) if word not in function_words())
            if key and f"#{number}" not in found.setdefault(key, []):
                found[key].append(f"#{number}")
    return {key: tuple(names) for key, names in found.items()}


@cache
def _longest_term() -> int:
    return max(len(key) for key in _concepts())


def concepts(of: Sequence[str]) -> list[tuple[str, ...]]:
    """Return for each stem the thesaurus groups it belongs to, alone or as part of a longer term."""
    found: list[set[str]] = [set() for _ in of]
    table = _concepts()
    for start in range(len(of)):
        for length in range(1, min(_longest_term(), len(of) - start) + 1):
            names = table.get(tuple(of[start : start + length]))
            if names:
                for place in range(start, start + length):
                    found[place].update(names)
    return [tuple(sorted(names)) for names in found]


@cache
def _members() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for key, names in _concepts().items():
        if len(key) == 1:
            for name in names:
                found.setdefault(name, set()).add(key[0])
    return {name: frozenset(stems_) for name, stems_ in found.items()}


def concept_forms(token: str) -> frozenset[str]:
    """Return a stem with the stems of all single words that stand for it."""
    names = _concepts().get((token,), ())
    return frozenset({token}).union(*(_members()[name] for name in names))


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question: what it is looked for as.

    Attributes:
        stem: the word's stem.
        idf: how rare the word is among the texts (the rarest of its forms that occur).
        forms: stems and thesaurus groups that stand for it, with their weight (1 as written, less by synonym or typo).
    """

    stem: str
    idf: float
    forms: tuple[tuple[str, float], ...]


class LexicalIndex:
    """BM25 over texts. Made once, then read by all threads.

    Args:
        texts: what is searched; hits are named by their place in it.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self.size = len(texts)
        self._ids: dict[str, int] = {}
        rows: list[int] = []
        columns: list[int] = []
        counts: list[float] = []
        lengths = np.ones(max(1, self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            tokens = stems(text)
            lengths[row] = max(1, len(tokens))
            bag = Counter(tokens) + Counter(name for names in concepts(tokens) for name in names)
            for token, count in bag.items():
                rows.append(row)
                columns.append(self._ids.setdefault(token, len(self._ids)))
                counts.append(count)
        self._sort(np.array(rows, np.int32), np.array(columns, np.int32), np.array(counts, np.float32), lengths)
        self._stems = [token for token in self._ids if not token.startswith("#") and len(token) >= _SHORTEST_TYPO - 1]

    def _sort(
        self,
        rows: NDArray[np.int32],
        columns: NDArray[np.int32],
        counts: NDArray[np.float32],
        lengths: NDArray[np.float32],
    ) -> None:
        order = np.argsort(columns, kind="stable")
        self._rows = rows[order]
        frequencies = np.bincount(columns, minlength=len(self._ids))
        self._starts = np.concatenate([[0], np.cumsum(frequencies)]).astype(np.int64)
        self.idf = np.log(1 + (self.size - frequencies + 0.5) / (frequencies + 0.5)).astype(np.float32)
        relative = (lengths / lengths.mean())[self._rows]
        count = counts[order]
        self._weights = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * relative))

    def terms(self, question: str) -> list[Term]:
        """Return the question's words of matter, each once, with all that may stand for them."""
        tokens = stems(question)
        found: dict[str, Term] = {}
        for token, names in zip(tokens, concepts(tokens), strict=True):
            if token in found:
                continue
            forms = [(token, 1.0)] if token in self._ids else self._similar(token)
            forms += [(name, _SYNONYM_WEIGHT) for name in names if name in self._ids]
            known = [float(self.idf[self._ids[form]]) for form, _ in forms]
            found[token] = Term(token, max(known, default=self.rarest), tuple(forms))
        return list(found.values())

    @property
    def rarest(self) -> float:
        """Return the weight of a word that no text has."""
        return float(np.log(1 + (self.size + 0.5) / 0.5))

    def _similar(self, token: str) -> list[tuple[str, float]]:
        if len(token) < _SHORTEST_TYPO - 1 or token[0].isdigit():
            return []
        allowed = 1 if len(token) < 8 else 2
        close = process.extract(token, self._stems, scorer=OSA.distance, score_cutoff=allowed, limit=3)
        return [(other, _TYPO_WEIGHT) for other, _, _ in close if other[0] == token[0] or allowed == 1]

    def scores(self, terms: Sequence[Term]) -> NDArray[np.float32]:
        """Return each text's BM25 score; of a word's forms the best counts."""
        total = np.zeros(self.size, dtype=np.float32)
        for term in terms:
            total += self.matches(term)
        return total

    def presence(self, term: Term, rows: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return for some texts whether they have a word: as written or nearly so, and by a synonym; 0 to 1 each."""
        written = np.zeros(self.size, dtype=np.float32)
        meant = np.zeros(self.size, dtype=np.float32)
        for form, weight in term.forms:
            if form not in self._ids:
                continue
            target = meant if form.startswith("#") else written
            found = self._rows[self._span(form)]
            told = min(1.0, float(self.idf[self._ids[form]]) / term.idf) if form.startswith("#") else weight
            target[found] = np.maximum(target[found], np.float32(told))
        return written[rows], meant[rows]

    def matches(self, term: Term) -> NDArray[np.float32]:
        """Return how much each text has of one word, 0 where it is absent."""
        best = np.zeros(self.size, dtype=np.float32)
        for form, weight in term.forms:
            span = self._span(form)
            if span.stop > span.start:
                rows = self._rows[span]
                gain = weight * self.idf[self._ids[form]] * self._weights[span]
                best[rows] = np.maximum(best[rows], gain)
        return best

    def _span(self, form: str) -> slice:
        number = self._ids.get(form)
        return slice(0, 0) if number is None else slice(int(self._starts[number]), int(self._starts[number + 1]))

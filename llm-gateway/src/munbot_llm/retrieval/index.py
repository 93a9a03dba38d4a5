"""A tenant's passages, ready to be searched: vectors of passages, sentences and questions, and their words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences
from munbot_llm.retrieval.embedder import Embeddings, Vectors
from munbot_llm.retrieval.lexical import LexicalIndex
from munbot_llm.retrieval.text import normalise

Scores = NDArray[np.float32]

_LEXICAL_WEIGHT = 0.6


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of a passage: `passage.text[start:end]`."""

    passage: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found.

    Attributes:
        passage: the passage.
        score: how well it fits, to order hits by; 0 is an average passage of the tenant.
        place: its number in the index.
    """

    passage: Passage
    score: float
    place: int


@dataclass(frozen=True, slots=True)
class Query:
    """A question, with its vectors: as written, and in written Spanish."""

    text: str
    normal: str
    vectors: Vectors


class TenantIndex:
    """All that a tenant knows. Never changed; a new one takes its place.

    Memory: 1.5 kB for each passage and each sentence, and some 200 B for each sentence's words.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        segments: Sequence[Segment],
        vectors: tuple[Vectors, Vectors, Vectors],
        embeddings: Embeddings,
    ) -> None:
        self.passages = tuple(passages)
        self.segments = tuple(segments)
        self.passage_vectors, self.segment_vectors, self.question_vectors = vectors
        self.owners = np.array([segment.passage for segment in segments], dtype=np.int64)
        self.askers = np.array([n for n, p in enumerate(passages) for _ in p.questions], dtype=np.int64)
        self.lexical = LexicalIndex([" ".join((*title(p), *p.questions, p.text)) for p in passages])
        self.segment_lexical = LexicalIndex([self.words_of(segment) for segment in segments])
        self._embeddings = embeddings

    @classmethod
    def build(cls, passages: Sequence[Passage], embeddings: Embeddings) -> Self:
        """Index passages. Slow where the texts are new: some 100 ms a passage on one core.

        Args:
            passages: of all the tenant's documents.
            embeddings: the model or a cache before it; kept for the questions.
        """
        found = [segment for number, passage in enumerate(passages) for segment in _segments(number, passage.text)]
        whole = embeddings.passages([". ".join((*title(p), p.text)) for p in passages])
        parts = embeddings.passages([passages[s.passage].text[s.start : s.end] for s in found])
        asked = embeddings.questions([question for p in passages for question in p.questions])
        return cls(passages, found, (whole, parts, asked), embeddings)

    def words_of(self, segment: Segment) -> str:
        """Return a sentence's own words."""
        return self.passages[segment.passage].text[segment.start : segment.end]

    def understand(self, question: str) -> Query:
        """Embed a question: once as it is, and once in written Spanish where that differs."""
        normal = normalise(question)
        texts = [question] if normal == question else [question, normal]
        return Query(question, normal, self._embeddings.queries(texts))

    def search(self, question: str, k: int) -> list[Hit]:
        """Return the `k` passages that fit a question best, the best first."""
        return self.hits(self.understand(question), k)

    def hits(self, query: Query, k: int) -> list[Hit]:
        """Return the `k` passages that fit best."""
        if not self.passages:
            return []
        scores = self.scores(query)
        best = np.argsort(-scores, kind="stable")[:k]
        return [Hit(self.passages[place], float(scores[place]), int(place)) for place in best]

    def scores(self, query: Query) -> Scores:
        """Return each passage's score, in standard deviations above the tenant's median passage."""
        vector = query.vectors.mean(axis=0)
        whole = self.passage_vectors @ vector
        parts = self.best_of(self.segment_vectors @ vector, self.owners)
        if len(self.askers):
            parts = np.maximum(parts, self.best_of(self.question_vectors @ vector, self.askers))
        lexical = self.lexical.scores(self.lexical.terms(query.normal))
        return standard(standard(whole) + standard(parts) + _LEXICAL_WEIGHT * 2 * standard(lexical))

    def best_of(self, scores: Scores, owners: NDArray[np.int64]) -> Scores:
        """Return each passage's best part; -1 for a passage without parts."""
        best = np.full(len(self.passages), -1.0, dtype=np.float32)
        np.maximum.at(best, owners, scores)
        return best


def standard(scores: Scores) -> Scores:
    """Return scores in standard deviations above their median."""
    spread = float(scores.std())
    return (scores - np.float32(np.median(scores))) / np.float32(spread or 1.0)


def title(passage: Passage) -> tuple[str, ...]:
    """Return what stands above a passage: the document's title and all headings, each once."""
    return tuple(dict.fromkeys(text for text in (passage.document, *passage.headings, passage.article) if text))


def _segments(number: int, text: str) -> list[Segment]:
    found, at = [], 0
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        found.append(Segment(number, start, at))
    return found

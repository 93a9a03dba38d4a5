"""A tenant's passages, ready to be searched: vectors of passages, sentences and questions, and their words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from munbot_llm.documents.passages import Passage
from munbot_llm.documents.sentences import sentences
from munbot_llm.retrieval.embedder import Embeddings, Vectors
from munbot_llm.retrieval.lexical import LexicalIndex
from munbot_llm.retrieval.text import fold, normalise, topics

Scores = NDArray[np.float32]

_LEXICAL_WEIGHT = 0.6
_LEAD_LIMIT = 200  # characters; a longer opening would drown the item
_ITEM = re.compile(r"\W{0,3}(?:[a-zñ]|\d{1,2}|[ivx]{1,5})\s?[°º]?[).]|[-•*·–]\s", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:art[íi]culo|art|t[íi]tulo|p[áa]rrafo|cap[íi]tulo)\.?\s*(?:n\s?[°º]\s*)?[\divxlc]+\s*[°º]?[.:\s–-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence of a passage: `passage.text[start:end]`.

    Attributes:
        passage: the passage's number.
        start: where it begins in the passage's text.
        end: where it ends.
        lead: of an item of an enumeration, the number of the sentence that opens it; else -1.
    """

    passage: int
    start: int
    end: int
    lead: int = -1


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
    """A question, in written Spanish too, and the vector of that."""

    text: str
    normal: str
    vector: Scores


@dataclass(frozen=True, slots=True)
class IndexVectors:
    """What is compared with a question's vector.

    Attributes:
        passages: each passage, its title before it.
        sentences: each sentence alone.
        inside: each sentence after its title and, of an item, the sentence that opens the enumeration.
        questions: the questions of question/answer pairs.
        topics: what citizens ask of any office, or of no office (`resources/topics.yml`).
    """

    passages: Vectors
    sentences: Vectors
    inside: Vectors
    questions: Vectors
    topics: Vectors


class TenantIndex:
    """All that a tenant knows. Never changed; a new one takes its place.

    Memory: 1.5 kB for each passage and each sentence, and some 200 B for each sentence's words.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        segments: Sequence[Segment],
        vectors: "IndexVectors",
        embeddings: Embeddings,
    ) -> None:
        self.passages = tuple(passages)
        self.segments = tuple(segments)
        self.vectors = vectors
        self.owners = np.array([segment.passage for segment in segments], dtype=np.int64)
        self.starts = np.searchsorted(self.owners, np.arange(len(passages) + 1))
        self.askers = np.array([n for n, p in enumerate(passages) for _ in p.questions], dtype=np.int64)
        self.titles = [" ".join((*title(p), *p.questions)) for p in passages]
        self.lexical = LexicalIndex([f"{above} {p.text}" for above, p in zip(self.titles, passages, strict=True)])
        self.title_lexical = LexicalIndex(self.titles)
        self.segment_lexical = LexicalIndex([self.words_of(segment) for segment in segments])
        self.folded = [fold(self.words_of(segment)) for segment in segments]
        self._embeddings = embeddings
        own = [part for part in (vectors.passages, vectors.inside, vectors.questions) if len(part)]
        near = [(vectors.topics @ part.T).max(axis=1) for part in own]
        self.topics_treated: Scores = np.max(near, axis=0) if near else np.zeros(0, dtype=np.float32)

    @classmethod
    def build(cls, passages: Sequence[Passage], embeddings: Embeddings) -> Self:
        """Index passages. Slow where the texts are new: some 100 ms a passage on one core.

        Args:
            passages: of all the tenant's documents.
            embeddings: the model or a cache before it; kept for the questions.
        """
        found: list[Segment] = []
        for number, passage in enumerate(passages):
            found.extend(_segments(number, passage.text, len(found)))
        whole = embeddings.passages([". ".join((*title(p), p.text)) for p in passages])
        said = [passages[s.passage].text[s.start : s.end] for s in found]
        parts = embeddings.passages(said)
        inside = embeddings.passages([_inside(passages[s.passage], s, said) for s in found])
        asked = embeddings.questions([question for p in passages for question in p.questions])
        vectors = IndexVectors(whole, parts, inside, asked, embeddings.questions(topics()))
        return cls(passages, found, vectors, embeddings)

    def words_of(self, segment: Segment) -> str:
        """Return a sentence's own words."""
        return self.passages[segment.passage].text[segment.start : segment.end]

    def understand(self, question: str) -> Query:
        """Write a question as Spanish is written, and embed it."""
        normal = normalise(question)
        return Query(question, normal, self._embeddings.queries([normal])[0])

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
        vector = query.vector
        whole = self.vectors.passages @ vector
        parts = self.best_of(self.vectors.sentences @ vector, self.owners)
        if len(self.askers):
            parts = np.maximum(parts, self.best_of(self.vectors.questions @ vector, self.askers))
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


def _segments(number: int, text: str, first: int) -> list[Segment]:
    found: list[Segment] = []
    at, lead = 0, -1
    for sentence in sentences(text):
        start = text.index(sentence, at)
        at = start + len(sentence)
        item = _ITEM.match(sentence) is not None
        found.append(Segment(number, start, at, lead if item else -1))
        if sentence.endswith(":") and not (item and lead >= 0):
            lead = first + len(found) - 1
    return found


def without_label(heading: str) -> str:
    """Return a heading without its number («Artículo 43°. Grifos» is «Grifos»)."""
    return _LABEL.sub("", heading)


def _inside(passage: Passage, segment: Segment, said: Sequence[str]) -> str:
    near = [without_label(text) for text in passage.headings[-2:]]
    lead = said[segment.lead] if segment.lead >= 0 else ""
    own = passage.text[segment.start : segment.end]
    return " ".join(f"{text.rstrip('.:')}." for text in (*near, lead[:_LEAD_LIMIT]) if text) + f" {own}"

"""The second look: what speaks for each sentence of the best passages being the answer, as numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from munbot_llm.answers.expectations import Expectation, expectations
from munbot_llm.answers.manipulation import quotable
from munbot_llm.answers.nouns import key_nouns
from munbot_llm.answers.trimming import Window, window
from munbot_llm.retrieval.index import Query, Scores, TenantIndex, standard
from munbot_llm.retrieval.lexical import Term
from munbot_llm.retrieval.text import fold

CANDIDATES = 24
"""Passages that get a second look."""

FEATURES = (
    "passage",
    "sentence",
    "inside",
    "best_sentence",
    "best_inside",
    "question",
    "words",
    "written_sentence",
    "written_window",
    "written_passage",
    "meant_sentence",
    "meant_window",
    "meant_passage",
    "meant_title",
    "rarest_window",
    "pairs_sentence",
    "nouns_window",
    "nouns_written",
    "nouns_passage",
    "noun_missing",
    "noun_nowhere",
    "asked_sentence",
    "asked_window",
    "asked_hard",
    "length",
    "whole_pair",
)
"""Columns of `Evidence.table`."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for each candidate.

    Attributes:
        places: each candidate's passage.
        anchors: each candidate's sentence; -1 for a question/answer pair, which is answered whole.
        windows: what would be shown for it.
        table: a row a candidate, a column for each of `FEATURES`.
        terms: the question's words.
        asked: what the question asks for.
        elsewhere: see `_elsewhere`.
    """

    places: NDArray[np.int64]
    anchors: NDArray[np.int64]
    windows: list[Window]
    table: NDArray[np.float32]
    terms: list[Term]
    asked: tuple[Expectation, ...]
    elsewhere: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Similarities:
    passages: Scores
    sentences: Scores
    inside: Scores
    best_sentence: Scores
    best_inside: Scores
    questions: Scores  # of a passage's questions the best; standardised as passages are
    words: Scores


def gather(index: TenantIndex, query: Query) -> Evidence | None:
    """Collect the evidence for a question; None when no passage may be quoted."""
    terms = index.lexical.terms(query.normal)
    asked = expectations(query.normal)
    similar = _similarities(index, query, terms)
    places = _best_passages(index, similar)
    if not len(places):
        return None
    anchors, owners = _candidates(index, places)
    windows = [window(index, int(owner), int(anchor)) for owner, anchor in zip(owners, anchors, strict=True)]
    words = _Words.of(index, terms, places, key_nouns(query.normal))
    rows = [
        (
            *_likeness(similar, int(owner), int(anchor)),
            *words.coverage(index, int(owner), int(anchor), shown),
            *_kinds(index, asked, int(anchor), shown),
            np.log1p(shown.end - shown.start if anchor < 0 else _length(index, int(anchor))) / 5,
            float(anchor < 0),
        )
        for owner, anchor, shown in zip(owners, anchors, windows, strict=True)
    ]
    return Evidence(owners, anchors, windows, np.array(rows, dtype=np.float32), terms, asked, _elsewhere(index, query))


def _similarities(index: TenantIndex, query: Query, terms: list[Term]) -> _Similarities:
    vector = query.vector
    sentences = standard(index.vectors.sentences @ vector)
    inside = standard(index.vectors.inside @ vector)
    questions = np.zeros(len(index.passages), dtype=np.float32)
    if len(index.askers):
        alike = index.vectors.questions @ vector
        questions = np.maximum(index.best_of(standard(alike), index.askers), 0)
    return _Similarities(
        standard(index.vectors.passages @ vector),
        sentences,
        inside,
        index.best_of(sentences, index.owners),
        index.best_of(inside, index.owners),
        questions,
        standard(index.lexical.scores(terms)),
    )


def _elsewhere(index: TenantIndex, query: Query) -> tuple[float, ...]:
    """Tell whether the question is nearer to a matter that any office is asked about than to the documents.

    Returns:
        nearness of the nearest such matter, of the best passage or sentence, the one less the other, how near the
        documents come to the five nearest matters, and the nearness of these less that of the best passage; cosines.
    """
    near = index.vectors.topics @ query.vector
    first = np.argsort(-near, kind="stable")[:5]
    weight = np.exp((near[first] - near[first[0]]) / 0.02)
    weight /= weight.sum()
    own = [part for part in (index.vectors.passages, index.vectors.inside, index.vectors.questions) if len(part)]
    best = max(float((part @ query.vector).max()) for part in own)
    treated = float(weight @ index.topics_treated[first])
    return float(near[first[0]]), best, float(near[first[0]]) - best, treated, float(weight @ near[first]) - best


def _best_passages(index: TenantIndex, similar: _Similarities) -> NDArray[np.int64]:
    whole = np.maximum(similar.best_sentence, similar.questions)
    total = similar.passages + 0.5 * (whole + similar.best_inside) + similar.words
    best = np.argsort(-total, kind="stable")
    found: list[int] = []
    for place in best:
        if quotable(index.passages[place]):
            found.append(int(place))
        if len(found) == CANDIDATES:
            break
    return np.array(found, dtype=np.int64)


def _candidates(index: TenantIndex, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    anchors: list[int] = []
    owners: list[int] = []
    for place in places:
        if index.passages[place].questions:
            found = [-1]
        else:
            found = list(range(int(index.starts[place]), int(index.starts[place + 1])))
        anchors.extend(found)
        owners.extend([int(place)] * len(found))
    return np.array(anchors, dtype=np.int64), np.array(owners, dtype=np.int64)


def _likeness(similar: _Similarities, owner: int, anchor: int) -> tuple[float, ...]:
    own = similar.best_sentence[owner] if anchor < 0 else similar.sentences[anchor]
    inside = similar.best_inside[owner] if anchor < 0 else similar.inside[anchor]
    return (
        float(similar.passages[owner]),
        float(own),
        float(inside),
        float(similar.best_sentence[owner]),
        float(similar.best_inside[owner]),
        float(similar.questions[owner]),
        float(similar.words[owner]),
    )


def _length(index: TenantIndex, anchor: int) -> int:
    return index.segments[anchor].end - index.segments[anchor].start


def _kinds(index: TenantIndex, asked: tuple[Expectation, ...], anchor: int, shown: Window) -> tuple[float, ...]:
    """Return the share of what is asked for that the sentence has, that the window has, and whether all hard kinds."""
    if not asked:
        return 0.5, 0.5, 0.5
    folded = fold(shown.text)
    own = folded if anchor < 0 else fold(index.words_of(index.segments[anchor]))
    hard = [expectation for expectation in asked if expectation.hard]
    return (
        sum(expectation.met(own) for expectation in asked) / len(asked),
        sum(expectation.met(folded) for expectation in asked) / len(asked),
        0.5 if not hard else sum(expectation.met(folded) for expectation in hard) / len(hard),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """For each of the question's words, where it stands: rows of terms, columns of texts, 0 to 1."""

    idf: NDArray[np.float32]
    written: NDArray[np.float32]  # by sentence
    meant: NDArray[np.float32]
    titles: NDArray[np.float32]  # by passage, either way
    nouns: NDArray[np.float32]  # the rarity of those words that are nouns, 0 for others
    nowhere: float  # rarity of the nouns that no text has

    @classmethod
    def of(cls, index: TenantIndex, terms: list[Term], places: NDArray[np.int64], nouns: frozenset[str]) -> "_Words":
        """Look the words up in the sentences of some passages (0 for all others)."""
        shape = (len(terms), len(index.segments))
        written, meant = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        titles = np.zeros((len(terms), len(index.passages)), np.float32)
        rows = np.concatenate([np.arange(index.starts[p], index.starts[p + 1]) for p in places])
        for number, term in enumerate(terms):
            written[number, rows], meant[number, rows] = index.segment_lexical.presence(term, rows)
            titles[number, places] = np.maximum(*index.title_lexical.presence(term, places))
        idf = np.array([term.idf for term in terms], dtype=np.float32)
        noun = np.array([term.stem in nouns for term in terms], dtype=np.float32)
        nowhere = sum(term.idf for term in terms if term.stem in nouns and not term.forms)
        return cls(idf, written, meant, titles, idf * noun, nowhere)

    def coverage(self, index: TenantIndex, owner: int, anchor: int, shown: Window) -> tuple[float, ...]:
        """Return the share of the question's words, by rarity, that sentence, window, passage and title have."""
        total = float(self.idf.sum())
        if total == 0:
            return (0.0,) * 14
        passage = slice(int(index.starts[owner]), int(index.starts[owner + 1]))
        own = passage if anchor < 0 else slice(anchor, anchor + 1)
        seen = slice(shown.first, shown.last + 1)
        either = np.maximum(self.written, self.meant)
        title = self.titles[:, owner]

        def share(table: NDArray[np.float32], span: slice) -> float:
            return float(self.idf @ table[:, span].max(axis=1, initial=0)) / total

        in_window = np.maximum(either[:, seen].max(axis=1, initial=0), title)
        rarest = int(self.idf.argmax())
        there = either[:, own].max(axis=1, initial=0) > 0
        pairs = float(np.minimum(there[:-1], there[1:]).sum()) / max(1, len(there) - 1)
        return (
            share(self.written, own),
            share(self.written, seen),
            share(self.written, passage),
            share(either, own),
            share(either, seen),
            share(either, passage),
            float(self.idf @ title) / total,
            float(in_window[rarest]),
            pairs,
            *self._nouns(in_window, self.written[:, seen], either[:, passage]),
        )

    def _nouns(
        self, in_window: NDArray[np.float32], written: NDArray[np.float32], passage: NDArray[np.float32]
    ) -> tuple[float, ...]:
        total = float(self.nouns.sum())
        missing = float((self.nouns * (1 - in_window)).max(initial=0)) / 6
        if total == 0:
            return 0.5, 0.5, 0.5, missing, self.nowhere / 6
        return (
            float(self.nouns @ in_window) / total,
            float(self.nouns @ written.max(axis=1, initial=0)) / total,
            float(self.nouns @ passage.max(axis=1, initial=0)) / total,
            missing,
            self.nowhere / 6,
        )

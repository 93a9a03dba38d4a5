"""The second look: what speaks for each sentence of the best passages being the answer, as numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from munbot_llm.answers.aspects import asked_aspects, is_aspect_word, told_aspects
from munbot_llm.answers.expectations import Expectation, expectations
from munbot_llm.answers.manipulation import quotable
from munbot_llm.answers.nouns import key_nouns
from munbot_llm.answers.trimming import Window, window
from munbot_llm.documents.passages import Passage
from munbot_llm.retrieval.index import Query, Scores, TenantIndex, standard, without_label
from munbot_llm.retrieval.lexical import Term
from munbot_llm.retrieval.text import stem, words

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
    "aspect_other",
    "aspect_told",
    "length",
    "whole_pair",
)
"""Columns of `Evidence.table`."""

_COVERAGE = FEATURES.index("asked_sentence") - FEATURES.index("written_sentence")

Table = NDArray[np.float32]
"""Rows of candidates, or of sentences."""


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
    spans = _Spans.of(index, places, owners, anchors, windows)
    own_length = [_length(index, int(anchor), shown) for anchor, shown in zip(anchors, windows, strict=True)]
    table = np.column_stack([
        _likeness(similar, owners, anchors),
        _coverage(index, terms, key_nouns(query.normal), owners, spans),
        _kinds(index, asked, spans),
        _aspects(index, query.normal, terms, owners),
        np.log1p(own_length) / 5,
        anchors < 0,
    ])  # fmt: skip
    return Evidence(owners, anchors, windows, table.astype(np.float32), terms, asked, _elsewhere(index, query))


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


def _likeness(similar: _Similarities, owners: NDArray[np.int64], anchors: NDArray[np.int64]) -> Table:
    whole = anchors < 0
    return np.column_stack([
        similar.passages[owners],
        np.where(whole, similar.best_sentence[owners], similar.sentences[anchors]),
        np.where(whole, similar.best_inside[owners], similar.inside[anchors]),
        similar.best_sentence[owners],
        similar.best_inside[owners],
        similar.questions[owners],
        similar.words[owners],
    ])  # fmt: skip


def _length(index: TenantIndex, anchor: int, shown: Window) -> int:
    if anchor < 0:
        return shown.end - shown.start
    return index.segments[anchor].end - index.segments[anchor].start


@dataclass(frozen=True, slots=True)
class _Spans:
    """Which sentences belong to what: rows of candidates, columns of the sentences of the best passages.

    Attributes:
        rows: these sentences' numbers in the index.
        own: each candidate's sentence; all of them for a pair.
        seen: those that would be shown.
        passage: all of its passage.
    """

    rows: NDArray[np.int64]
    own: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    passage: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        index: TenantIndex,
        places: NDArray[np.int64],
        owners: NDArray[np.int64],
        anchors: NDArray[np.int64],
        windows: list[Window],
    ) -> "_Spans":
        """Look the sentences up."""
        rows = np.concatenate([np.arange(index.starts[place], index.starts[place + 1]) for place in places])
        first = np.array([shown.first for shown in windows])[:, None]
        last = np.array([shown.last for shown in windows])[:, None]
        seen = (rows >= first) & (rows <= last)
        own = np.where(anchors[:, None] < 0, seen, rows == anchors[:, None])
        return cls(rows, own, seen, index.owners[rows] == owners[:, None])


def _best(spans: NDArray[np.bool_], values: Table) -> Table:
    """Return the largest value within each span: rows of candidates, columns as in `values` (rows of sentences)."""
    if not values.size:
        return np.zeros((len(spans), values.shape[1]), dtype=np.float32)
    found: Table = np.where(spans[:, :, None], values[None], 0).max(axis=1)
    return found


def _kinds(index: TenantIndex, asked: tuple[Expectation, ...], spans: _Spans) -> Table:
    """Return the share of what is asked for that the sentence has, that the window has, and of the hard ones."""
    if not asked:
        return np.full((len(spans.own), 3), 0.5, dtype=np.float32)
    met = np.array([[one.met(index.folded[row]) for one in asked] for row in spans.rows], dtype=np.float32)
    own, seen = _best(spans.own, met), _best(spans.seen, met)
    hard = np.array([one.hard for one in asked], dtype=np.bool_)
    of_hard = seen[:, hard].mean(axis=1) if hard.any() else np.full(len(seen), 0.5)
    return np.column_stack([own.mean(axis=1), seen.mean(axis=1), of_hard])


def _aspects(index: TenantIndex, question: str, terms: list[Term], owners: NDArray[np.int64]) -> Table:
    """Return whether a section tells another part of a procedure than is asked for, and how surely the right one.

    The second is the share, by rarity, of the question's other words that the section's titles have; 0 where
    the part is another, or the question or the section names none.
    """
    asked = asked_aspects(question)
    passages, back = np.unique(owners, return_inverse=True)
    told = [_told(index.passages[int(place)]) for place in passages]
    right = np.array([bool(asked & one) for one in told])
    pair = np.array([bool(index.passages[int(place)].questions) for place in passages])
    other = np.array([bool(asked and one) for one in told]) & ~right & ~pair
    parts = frozenset(stem(word) for word in words(question) if is_aspect_word(word))
    matter = [term for term in terms if term.stem not in parts]
    weight = np.array([term.idf for term in matter], dtype=np.float32)
    if not weight.sum():
        return np.column_stack([other, np.zeros(len(other))])[back]
    named = np.column_stack([np.maximum(*index.title_lexical.presence(term, passages)) for term in matter])
    return np.column_stack([other, right * (named @ weight / weight.sum())])[back]


def _told(passage: Passage) -> frozenset[str]:
    if passage.questions:
        return frozenset().union(*map(asked_aspects, passage.questions))
    return told_aspects(without_label(passage.article))


def _coverage(
    index: TenantIndex, terms: list[Term], nouns: frozenset[str], owners: NDArray[np.int64], spans: _Spans
) -> Table:
    """Return the share of the question's words, by rarity, that sentence, window, passage and title have."""
    idf = np.array([term.idf for term in terms], dtype=np.float32)
    if not idf.sum():
        return np.zeros((len(owners), _COVERAGE), dtype=np.float32)
    written, either, titles = _presence(index, terms, owners, spans)
    noun = idf * np.array([term.stem in nouns for term in terms], dtype=np.float32)
    nowhere = sum(term.idf for term in terms if term.stem in nouns and not term.forms) / 6
    written_seen, either_own = _best(spans.seen, written), _best(spans.own, either)
    either_seen, either_passage = _best(spans.seen, either), _best(spans.passage, either)
    in_window = np.maximum(either_seen, titles)
    there = either_own > 0
    pairs = (there[:, :-1] & there[:, 1:]).sum(axis=1) / max(1, len(idf) - 1)

    def share(found: Table, weight: Scores = idf) -> Table:
        return found @ weight / weight.sum() if weight.sum() else np.full(len(found), 0.5, dtype=np.float32)

    return np.column_stack([
        share(_best(spans.own, written)),
        share(written_seen),
        share(_best(spans.passage, written)),
        share(either_own),
        share(either_seen),
        share(either_passage),
        share(titles),
        in_window[:, int(idf.argmax())],
        pairs,
        share(in_window, noun),
        share(written_seen, noun),
        share(either_passage, noun),
        (noun * (1 - in_window)).max(axis=1) / 6,
        np.full(len(owners), nowhere),
    ])  # fmt: skip


def _presence(
    index: TenantIndex, terms: list[Term], owners: NDArray[np.int64], spans: _Spans
) -> tuple[Table, Table, Table]:
    """Return where the words are: by sentence as written, by sentence either way, by candidate in its title."""
    found = [index.segment_lexical.presence(term, spans.rows) for term in terms]
    written = np.column_stack([as_written for as_written, _ in found])
    either = np.column_stack([np.maximum(*both) for both in found])
    titles = np.column_stack([np.maximum(*index.title_lexical.presence(term, owners)) for term in terms])
    return written, either, titles

"""Which candidate answers, and how probably: two linear models over the evidence, fitted on calibration questions.

The first orders the candidates; the second tells how probably the best one is right, from its own evidence, from its
lead over the others and from what of the question is nowhere in sight. `python -m munbot_llm evaluate fit` makes their
weights, `resources/judge.json`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from munbot_llm.answers.evidence import FEATURES, Evidence
from munbot_llm.retrieval.text import fold

_KINDS = (
    "price", "fine", "sum", "quantity", "hour", "duration", "place", "address", "person", "phone", "email", "who",
    "permission", "punishment", "date", "distance", "list",
)  # fmt: skip
_HARD_KINDS = ("price", "fine", "sum", "quantity", "hour", "duration", "address", "distance")
_TOLD = 0.5
_NEARLY = 1.0  # in the first model's scores; measured: docs/answers.md

SIGNALS = (
    *FEATURES, "score", "lead", "share", "unmet", "terms", "rarest", "matter", "covered", "top_passage", "top_words",
    "top_sentence", "first_by_passage", "first_by_words", "no_terms", "topic", "nearest", "topic_nearer",
    "topic_treated", "topics_nearer", *(f"asks_{kind}" for kind in _KINDS),
    *(f"unmet_{kind}" for kind in _HARD_KINDS),
)  # fmt: skip
"""Columns of the second model."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear model over standardised columns."""

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]
    weights: NDArray[np.float64]
    bias: float

    @classmethod
    def read(cls, entry: Mapping[str, Any], names: tuple[str, ...]) -> Self:
        """Read `{columns: {name: [mean, spread, weight]}, bias}`; names must be as this program makes them."""
        columns = entry["columns"]
        if tuple(columns) != names:
            raise ValueError("judge.json was made for other columns: run `python -m munbot_llm evaluate fit`")
        table = np.array([columns[name] for name in names], dtype=np.float64)
        if not (np.isfinite(table).all() and (table[:, 1] > 0).all()):
            raise ValueError("judge.json holds a weight that is no number")
        return cls(table[:, 0], table[:, 1], table[:, 2], float(entry["bias"]))

    def scores(self, table: NDArray[Any]) -> NDArray[np.float64]:
        """Return a score for each row."""
        return ((table - self.mean) / self.spread) @ self.weights + self.bias


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge found.

    Attributes:
        best: the candidate that answers best, by its number in the evidence.
        second: the best one of another passage that fits nearly as well, which is shown too; -1 for none.
        probability: that it answers the question rightly, 0 to 1.
        passages: the candidates' passages, the best first, each once.
    """

    best: int
    second: int
    probability: float
    passages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Both models and the two thresholds.

    Attributes:
        order: orders candidates.
        gate: the log odds that the best one is right.
        answer_from: probability from which an answer is given.
        clarify_from: probability from which «¿Quiso decir…?» is asked.
    """

    order: Linear
    gate: Linear
    answer_from: float
    clarify_from: float

    @classmethod
    @cache
    def fitted(cls) -> "Judge":
        """Return the judge that comes with the package."""
        entry = json.loads(files(__package__).joinpath("resources", "judge.json").read_text(encoding="utf-8"))
        return cls(
            Linear.read(entry["order"], FEATURES),
            Linear.read(entry["gate"], SIGNALS),
            float(entry["answer_from"]),
            float(entry["clarify_from"]),
        )

    def judge(self, evidence: Evidence) -> Verdict:
        """Look at the evidence for a question."""
        scores = self.order.scores(evidence.table)
        best, row = signals(evidence, scores)
        odds = float(self.gate.scores(row[None, :])[0])
        order = dict.fromkeys(int(evidence.places[number]) for number in np.argsort(-scores, kind="stable"))
        probability = 1 / (1 + float(np.exp(-np.clip(odds, -30, 30))))
        return Verdict(best, runner_up(evidence, scores, best), probability, tuple(order))


def runner_up(evidence: Evidence, scores: NDArray[np.float64], best: int) -> int:
    """Return the best candidate of another passage when it is nearly as good as the best one; else -1.

    Where the best one is the part of a procedure that was asked for, another part adds nothing.
    """
    others = np.where(evidence.places == evidence.places[best], -np.inf, scores)
    second = int(others.argmax())
    told = evidence.table[:, FEATURES.index("aspect_told")]
    if told[best] > _TOLD >= told[second]:
        return -1
    return second if scores[best] - others[second] < _NEARLY else -1


def signals(evidence: Evidence, scores: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
    """Return the best candidate and its row for the gate, a column for each of `SIGNALS`."""
    table = evidence.table
    best = int(scores.argmax())
    own = evidence.places == evidence.places[best]
    others = scores[~own]
    weights = np.exp(scores - scores.max())
    idf = np.array([term.idf for term in evidence.terms] or [0.0])
    folded = fold(evidence.windows[best].text)
    unmet = {asked.kind for asked in evidence.asked if asked.hard and not asked.met(folded)}
    kinds = {asked.kind for asked in evidence.asked}
    column = {name: number for number, name in enumerate(FEATURES)}
    passage, words = table[:, column["passage"]], table[:, column["words"]]
    row = [
        *table[best],
        scores[best] / 3,
        scores[best] - (others.max() if len(others) else scores[best] - 3),
        np.log(weights[own].sum() / weights.sum() + 1e-6),
        bool(unmet),
        len(evidence.terms) / 10,
        idf.max() / 5,
        idf.sum() / 30,
        table[best, column["meant_window"]] * idf.sum() / 10,
        passage.max(),
        words.max(),
        table[:, column["sentence"]].max(),
        passage[best] == passage.max(),
        words[best] == words.max(),
        not evidence.terms,
        *evidence.elsewhere,
        *(kind in kinds for kind in _KINDS),
        *(kind in unmet for kind in _HARD_KINDS),
    ]
    return best, np.array(row, dtype=np.float64)

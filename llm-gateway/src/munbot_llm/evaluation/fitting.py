"""Fits the judge on calibration questions, and tells by cross-validation how well it does on others."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from munbot_llm.answers.evidence import FEATURES, Evidence
from munbot_llm.answers.judge import SIGNALS, Judge, Linear, runner_up, signals
from munbot_llm.answers.manipulation import manipulates
from munbot_llm.evaluation.questions import Question

Floats = NDArray[np.float64]

_ORDER_RIDGE = 5.0
_GATE_RIDGE = 30.0
_STEPS = 400
_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its evidence.

    Attributes:
        group: the set it is from.
        question: the question.
        evidence: what speaks for each candidate.
        right: candidates that answer it where it should be answered.
        tells: candidates that have the fact, wherever.
        tells_second: the same, of the shorter excerpt that is shown of a second passage.
    """

    group: str
    question: Question
    evidence: Evidence
    right: NDArray[np.bool_]
    tells: NDArray[np.bool_]
    tells_second: NDArray[np.bool_]

    def told(self, best: int, second: int) -> bool:
        """Tell whether what is shown has the fact."""
        return bool(self.tells[best]) or (second >= 0 and bool(self.tells_second[second]))


@dataclass(frozen=True, slots=True)
class Held:
    """How a question went that was held out of the fitting.

    Attributes:
        case: the question.
        probability: what the gate said.
        right: the best candidate answers.
        rank: place of the first passage that answers, from 0; 99: none.
    """

    case: Case
    probability: float
    right: bool
    rank: int


def part_of(question: Question, parts: int) -> int:
    """Return which part a question is in when they are divided for cross-validation."""
    return int(hashlib.sha256(question.id.encode()).hexdigest(), 16) % parts


def fit(cases: Sequence[Case]) -> tuple[Linear, Linear]:
    """Fit both models; questions that never reach them are left out."""
    cases = [case for case in cases if not manipulates(case.question.text)]
    table = np.concatenate([case.evidence.table for case in cases]).astype(np.float64)
    mean, spread = table.mean(axis=0), _spread(table)
    groups = [((case.evidence.table - mean) / spread, case.right) for case in cases if case.right.any()]
    order = Linear(mean, spread, _fit_order(groups), 0.0)
    rows, right = [], []
    for case in cases:
        scores = order.scores(case.evidence.table)
        best, row = signals(case.evidence, scores)
        rows.append(row)
        right.append(case.told(best, runner_up(case.evidence, scores, best)))
    gate_table = np.array(rows)
    gate_mean, gate_spread = gate_table.mean(axis=0), _spread(gate_table)
    weights = _fit_gate((gate_table - gate_mean) / gate_spread, np.array(right, dtype=np.float64))
    return order, Linear(gate_mean, gate_spread, weights[:-1], float(weights[-1]))


def hold_out(cases: Sequence[Case], parts: int = 5) -> list[Held]:
    """Judge each question with models fitted on the other parts."""
    found = []
    for part in range(parts):
        order, gate = fit([case for case in cases if part_of(case.question, parts) != part])
        judge = Judge(order, gate, 0.5, 0.2)
        for case in cases:
            if part_of(case.question, parts) != part:
                continue
            verdict = judge.judge(case.evidence)
            good = {int(place) for place in case.evidence.places[case.right]}
            rank = next((number for number, place in enumerate(verdict.passages) if place in good), 99)
            right = case.told(verdict.best, verdict.second)
            probability = 0.0 if manipulates(case.question.text) else verdict.probability  # those are never answered
            found.append(Held(case, probability, right, rank))
    return found


def thresholds(held: Sequence[Held], false: float, clarify: float) -> tuple[float, float]:
    """Return the thresholds with which at most these shares are false answers and «¿Quiso decir…?».

    Args:
        held: held-out questions.
        false: share of the unanswerable that may get an answer.
        clarify: share of all that may be asked back.
    """
    unanswerable = sorted((one.probability for one in held if not one.case.question.answerable), reverse=True)
    answer_from = unanswerable[int(false * len(unanswerable))] + 1e-6
    below = sorted((one.probability for one in held if one.probability < answer_from), reverse=True)
    clarify_from = below[min(len(below) - 1, int(clarify * len(held)))]
    return answer_from, clarify_from


def as_json(order: Linear, gate: Linear, answer_from: float, clarify_from: float) -> dict[str, Any]:
    """Return what `judge.json` holds."""
    return {
        "order": _columns(order, FEATURES),
        "gate": _columns(gate, SIGNALS),
        "answer_from": round(answer_from, 4),
        "clarify_from": round(clarify_from, 4),
    }


def _columns(model: Linear, names: tuple[str, ...]) -> dict[str, Any]:
    rows = zip(names, model.mean, model.spread, model.weights, strict=True)
    columns = {name: [round(float(value), 5) for value in values] for name, *values in rows}
    return {"columns": columns, "bias": round(model.bias, 5)}


def _fit_order(groups: Sequence[tuple[Floats, NDArray[np.bool_]]]) -> Floats:
    """Make right candidates likely among all of their question (softmax), with Adam."""

    def slope(weights: Floats) -> Floats:
        total = _ORDER_RIDGE * weights
        for table, right in groups:
            share = _softmax(table @ weights)
            wanted = np.where(right, share, 0)
            total = total + table.T @ (share - wanted / (wanted.sum() + 1e-12))
        return total / len(groups)

    return _adam(slope, groups[0][0].shape[1])


def _adam(slope: Callable[[Floats], Floats], size: int) -> Floats:
    weights, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, _STEPS + 1):
        gradient = slope(weights)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        weights = weights - _RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return weights


def _fit_gate(table: Floats, right: Floats) -> Floats:
    """Fit a logistic regression with Newton's steps; the last weight is the bias."""
    columns = np.column_stack([table, np.ones(len(table))])
    ridge = np.eye(columns.shape[1]) * _GATE_RIDGE
    ridge[-1, -1] = 1e-6
    weights = np.zeros(columns.shape[1])
    for _ in range(40):
        share = 1 / (1 + np.exp(-columns @ weights))
        gradient = columns.T @ (share - right) + ridge @ weights
        curvature = (columns * (share * (1 - share))[:, None]).T @ columns + ridge
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


def _softmax(scores: Floats) -> Floats:
    grown = np.exp(scores - scores.max())
    return np.asarray(grown / grown.sum())


def _spread(table: Floats) -> Floats:
    """Return the columns' standard deviations; 1 for a column that never changes."""
    spread = table.std(axis=0)
    return np.where(spread < 1e-4, 1.0, spread)

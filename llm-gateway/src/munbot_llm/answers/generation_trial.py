"""`eval model`: may this model write answers? It is tried on questions about documents of ours, and measured.

Each question goes the way of a citizen's: passages are found, the model writes, the guard judges. Questions that the
documents do not answer are put to the model together with the nearest passages, past the gate that would keep them from
it: a model that then writes an answer does not know when to be silent.
"""

import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from munbot_llm.answers.generation import Attempt, GroundedGenerator
from munbot_llm.answers.models import Mode, Turn
from munbot_llm.answers.service import AnswerService
from munbot_llm.documents.passages import Passage
from munbot_llm.evaluation.questions import Question
from munbot_llm.retrieval.index import TenantIndex

_INVENTIONS = frozenset({"value", "name", "idea", "words", "denial", "exception"})

CRITERIA: dict[str, tuple[str, float]] = {
    "right": ("at least the share of the quoted answers, less", 0.05),
    "invented_after_guard": ("at most", 0.0),
    "passed_guard": ("at least", 0.5),
    "spanish": ("at least", 0.95),
    "silent_when_unanswerable": ("at least", 0.6),
    "in_time": ("at least", 0.8),
}
"""What is asked of a model. `right`: a citizen loses nothing by its words. `invented_after_guard`: figures in shown
answers that no passage has, counted by a look of its own. `passed_guard`: else its time is wasted. `in_time`: within
LLM_ANSWER_SECONDS on this machine."""


@dataclass
class Trial:
    """What was seen so far."""

    answerable: int = 0
    right: int = 0
    right_quoted: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    unanswerable: list[Attempt] = field(default_factory=list)
    right_written: int = 0
    invented: int = 0


def choose(questions: Sequence[Question], limit: int) -> list[Question]:
    """Return at most `limit` of them, spread evenly, answerable ones and others in the proportion of all."""
    if limit <= 0 or limit >= len(questions):
        return list(questions)
    kinds = [[q for q in questions if q.answerable], [q for q in questions if not q.answerable]]
    chosen: list[Question] = []
    for kind in kinds:
        wanted = max(1, round(limit * len(kind) / len(questions))) if kind else 0
        chosen += [kind[place * len(kind) // wanted] for place in range(wanted)]
    return chosen


def run_trial(
    generator: GroundedGenerator,
    index: TenantIndex,
    questions: Sequence[Question],
    *,
    told: Callable[[int], None] = lambda _done: None,
) -> Trial:
    """Put the questions to the model.

    Args:
        generator: with the model.
        index: the documents.
        questions: what to ask.
        told: called with the number of questions that are done.
    """
    trial = Trial()
    quoting = AnswerService()
    for done, question in enumerate(questions, start=1):
        if question.answerable:
            _try_answerable(trial, generator, quoting, index, question)
        else:
            nearest = [hit.passage for hit in index.search(question.text, 3)]
            attempt = generator.attempt(question.text, nearest)
            trial.unanswerable.append(attempt)
            trial.invented += _invented(attempt, nearest)
        told(done)
    return trial


def _try_answerable(
    trial: Trial, generator: GroundedGenerator, quoting: AnswerService, index: TenantIndex, question: Question
) -> None:
    listening = _Listening(generator)
    answer = AnswerService(listening).answer(index, question.text)
    quoted = quoting.answer(index, question.text)
    trial.answerable += 1
    trial.right += answer.mode in {Mode.GENERATED, Mode.EXTRACTIVE} and question.told_by(answer.text)
    trial.right_quoted += quoted.mode is Mode.EXTRACTIVE and question.told_by(quoted.text)
    for attempt, passages in listening.heard:
        trial.attempts.append(attempt)
        trial.right_written += attempt.text is not None and question.told_by(attempt.text)
        trial.invented += _invented(attempt, passages)


class _Listening:
    """A generator that remembers what it was asked, and asks the model whether it has passed before or not."""

    def __init__(self, generator: GroundedGenerator) -> None:
        self._generator = generator
        self.heard: list[tuple[Attempt, list[Passage]]] = []

    def generate(self, question: str, passages: Sequence[Passage], history: Sequence[Turn]) -> str | None:
        del history
        attempt = self._generator.attempt(question, passages)
        self.heard.append((attempt, list(passages)))
        return attempt.text


def _invented(attempt: Attempt, passages: Sequence[Passage]) -> int:
    """Count figures of a shown answer that no passage has, without the guard's help."""
    if attempt.text is None:
        return 0
    there = " ".join(f"{passage.document} {' '.join(passage.headings)} {passage.text}" for passage in passages)
    return len(set(re.findall(r"\d+", attempt.text)) - set(re.findall(r"\d+", there)))


def figures(trial: Trial, answer_seconds: float) -> dict[str, Any]:
    """Return what was measured, shares from 0 to 1.

    Args:
        trial: all questions done.
        answer_seconds: within which an answer is of use.
    """
    asked = [attempt for attempt in trial.attempts if attempt.outcome != "unsafe"]
    written = [(a, c) for a in [*asked, *trial.unanswerable] if (c := a.completion) is not None]
    passed = [attempt for attempt in asked if attempt.outcome == "passed"]
    objections = Counter(a.reason.partition(":")[0] for a in asked if a.outcome == "rejected")
    seconds = sorted(completion.seconds for _, completion in written)
    tokens = sum(completion.tokens for _, completion in written)
    silent = [attempt for attempt in trial.unanswerable if attempt.text is None]
    return {
        "questions": trial.answerable + len(trial.unanswerable),
        "answerable": trial.answerable,
        "asked": len(asked),
        "right": _share(trial.right, trial.answerable),
        "right_quoted": _share(trial.right_quoted, trial.answerable),
        "right_of_written": _share(trial.right_written, len(passed)),
        "passed_guard": _share(len(passed), len(asked)),
        "declined": _share(sum(attempt.outcome == "declined" for attempt in asked), len(asked)),
        "invented_before_guard": _share(sum(objections[kind] for kind in _INVENTIONS), len(asked)),
        "invented_after_guard": trial.invented,
        "objections": dict(objections.most_common()),
        "spanish": _share(sum(not a.reason.startswith("language") for a, _ in written), len(written)),
        "silent_when_unanswerable": _share(len(silent), len(trial.unanswerable)),
        "in_time": _share(sum(value <= answer_seconds for value in seconds), len(asked) + len(trial.unanswerable)),
        "seconds_median": round(statistics.median(seconds), 2) if seconds else None,
        "seconds_p95": round(seconds[int(0.95 * (len(seconds) - 1))], 2) if seconds else None,
        "tokens_per_second": round(tokens / sum(seconds), 1) if sum(seconds) > 0 else None,
    }


def judge(measured: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return for each criterion what was asked, what was found, and whether that is enough."""
    wanted = {name: limit for name, (_, limit) in CRITERIA.items()}
    wanted["right"] = round(max(0.0, (measured["right_quoted"] or 0.0) - CRITERIA["right"][1]), 4)
    judged = {}
    for name, limit in wanted.items():
        found = measured[name]
        most = CRITERIA[name][0] == "at most"
        met = found is not None and (found <= limit if most else found >= limit)
        judged[name] = {"asked": f"{'at most' if most else 'at least'} {limit}", "found": found, "met": met}
    return judged


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None

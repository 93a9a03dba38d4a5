"""What becomes of questions with known answers: the very AnswerService of the gateway, over an index in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from munbot_llm.answers.models import Answer, Mode
from munbot_llm.answers.service import AnswerService
from munbot_llm.evaluation.questions import Question
from munbot_llm.retrieval.index import TenantIndex

_FIRST = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question.

    Attributes:
        question: the question.
        answer: what a citizen would have read.
        found: one of the first three passages has the fact.
    """

    question: Question
    answer: Answer
    found: bool

    @property
    def verdict(self) -> str:
        """Return right, wrong, clarify or unknown; of an unanswerable question false, clarify or unknown."""
        if self.answer.mode in {Mode.CLARIFY, Mode.UNKNOWN}:
            return self.answer.mode.value
        if not self.question.answerable:
            return "false"
        return "right" if self.question.told_by(self.answer.text) else "wrong"


def measure(
    index: TenantIndex, questions: Sequence[Question], service: AnswerService, tick: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Ask everything, one after the other."""
    outcomes = []
    for question in questions:
        looked = service.look(index, question.text)
        first = looked.passages[:_FIRST]
        found = question.answerable and any(question.told_by(passage.text) for passage in first)
        outcomes.append(Outcome(question, service.answer(index, question.text), found))
        tick()
    return outcomes


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Count.

    Returns:
        total: number of questions; right, wrong, unknown, recall_at_3: shares of the answerable ones; clarify: share of
        all; false: share of the unanswerable ones that got an answer.
    """
    answerable = [one for one in outcomes if one.question.answerable]
    unanswerable = [one for one in outcomes if not one.question.answerable]

    def share(verdict: str, among: Sequence[Outcome]) -> float:
        return round(sum(one.verdict == verdict for one in among) / max(1, len(among)), 4)

    return {
        "total": len(outcomes),
        "right": share("right", answerable),
        "wrong": share("wrong", answerable),
        "clarify": share("clarify", outcomes),
        "unknown": share("unknown", answerable),
        "false": share("false", unanswerable),
        "recall_at_3": round(sum(one.found for one in answerable) / max(1, len(answerable)), 4),
    }

"""Calibration questions with their evidence."""

import re
from collections.abc import Sequence

import numpy as np

from munbot_llm.answers.evidence import Evidence, gather
from munbot_llm.answers.trimming import SECOND_LIMIT, window
from munbot_llm.evaluation.fitting import Case
from munbot_llm.evaluation.questions import Question
from munbot_llm.retrieval.index import TenantIndex


def cases(group: str, index: TenantIndex, questions: Sequence[Question]) -> list[Case]:
    """Collect the evidence for each question, and mark the candidates that answer it."""
    found = []
    for question in questions:
        evidence = gather(index, index.understand(question.text))
        if evidence is not None:
            found.append(_case(group, index, question, evidence))
    return found


def _case(group: str, index: TenantIndex, question: Question, evidence: Evidence) -> Case:
    if not question.answerable:
        nothing = np.zeros(len(evidence.places), dtype=np.bool_)
        return Case(group, question, evidence, nothing, nothing, nothing)
    tells = np.array([question.told_by(window.text) for window in evidence.windows], dtype=np.bool_)
    document = np.array([_same_file(index, int(place), question) for place in evidence.places], dtype=np.bool_)
    article = np.array([_same_article(index, int(place), question) for place in evidence.places], dtype=np.bool_)
    right = tells & document & article
    short = np.array([_tells_second(index, question, evidence, number) for number in range(len(tells))], dtype=np.bool_)
    return Case(group, question, evidence, right if right.any() else tells & document, tells, short)


def _tells_second(index: TenantIndex, question: Question, evidence: Evidence, number: int) -> bool:
    shown = window(index, int(evidence.places[number]), int(evidence.anchors[number]), SECOND_LIMIT)
    return question.told_by(shown.text)


def _same_file(index: TenantIndex, place: int, question: Question) -> bool:
    return index.passages[place].document_id.rsplit("/", 1)[-1] == question.document.rsplit("/", 1)[-1]


def _same_article(index: TenantIndex, place: int, question: Question) -> bool:
    wanted = _number(question.article)
    passage = index.passages[place]
    return not wanted or any(_number(heading) == wanted for heading in (passage.article, *passage.headings[1:]))


def _number(text: str) -> str:
    """Return the first number, by which an article is told from another however it is written; empty without one."""
    found = re.search(r"\d+", text)
    return found.group() if found else ""


def reach(found: Sequence[Case]) -> float:
    """Return the share of answerable questions for which some candidate is right."""
    answerable = [case for case in found if case.question.answerable]
    return sum(bool(case.right.any()) for case in answerable) / max(1, len(answerable))

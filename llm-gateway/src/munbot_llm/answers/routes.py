"""HTTP entrance to answers."""

import time
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends
from munbot_common.auth import Principal, Role, require_roles
from munbot_common.ids import uuid7
from munbot_common.problems import Forbidden, Unauthorized, problem_responses

from munbot_llm.answers import metrics
from munbot_llm.answers.models import Answer, Turn
from munbot_llm.answers.problems import QuestionEmpty, TenantMismatch
from munbot_llm.answers.schemas import AnswerBody, AnswerOut, SourceOut
from munbot_llm.dependencies import ServicesDep
from munbot_llm.knowledge.problems import KnowledgeLoading

router = APIRouter(prefix="/v1", tags=["answers"])

AskerDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.AGENT, Role.VIEWER, Role.SERVICE))]


@router.post(
    "/answer", responses=problem_responses(Unauthorized, Forbidden, TenantMismatch, QuestionEmpty, KnowledgeLoading)
)
async def answer(principal: AskerDep, services: ServicesDep, body: AnswerBody) -> AnswerOut:
    """Answer a citizen's question from the office's own documents, or say that they do not tell.

    An answer quotes a document (`extractive`) or says in other words what it says (`generated`). Between sure and
    unsure, `clarify` offers what may have been meant. `unknown` never has a source.
    """
    if body.tenant is not None and body.tenant != principal.tenant:
        raise TenantMismatch
    if not body.question.strip():
        raise QuestionEmpty
    started = time.perf_counter()
    history = [Turn(turn.role, turn.text) for turn in body.history]
    index = services.book.get(principal.tenant)
    found = await run_sync(services.answers.answer, index, body.question, history)
    metrics.ANSWERS.labels(found.mode.value).inc()
    metrics.ANSWER_SECONDS.labels(found.mode.value).observe(time.perf_counter() - started)
    return _out(found)


def _out(found: Answer) -> AnswerOut:
    return AnswerOut(
        answer_id=uuid7(),
        answer=found.text,
        mode=found.mode,
        sources=[
            SourceOut(document_id=s.document_id, document=s.document, article=s.article, passage=s.passage)
            for s in found.sources
        ],
        confidence=round(found.confidence, 4),
        handoff=found.handoff,
        options=list(found.options),
    )

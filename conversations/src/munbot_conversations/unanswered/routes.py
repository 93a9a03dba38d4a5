"""/v1/unanswered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from munbot_conversations.audit.service import record
from munbot_conversations.conversations.service import ConversationNotFound, readable
from munbot_conversations.dependencies import ClockDep, ReaderDep, ServiceDep, WriterDep
from munbot_conversations.paging import CursorInvalid, decode_number, encode
from munbot_conversations.tenants import service as tenants
from munbot_conversations.unanswered import repository

router = APIRouter(prefix="/v1/unanswered", tags=["unanswered"])

QuestionStatus = Literal["open", "resolved", "ignored"]


class QuestionNotFound(NotFound):
    """No such question in the tenant."""

    code = "question_not_found"
    title = "Esa pregunta no existe"


class QuestionReport(BaseModel):
    """The dialogue could not answer this."""

    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    conversation_id: UUID | None = None
    intent: Annotated[str | None, Field(max_length=80)] = None
    confidence: Annotated[float | None, Field(ge=0, le=1)] = None


class QuestionItem(BaseModel):
    """A question and how often it was asked."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    question: str
    intent: str | None
    confidence: float | None
    count: int
    conversation_id: UUID | None
    status: QuestionStatus
    first_at: datetime
    last_at: datetime


class QuestionPage(BaseModel):
    """The most frequent first."""

    items: list[QuestionItem]
    next_cursor: str | None


class QuestionChange(BaseModel):
    """What became of a question."""

    status: QuestionStatus


class QuestionNoted(BaseModel):
    """Where the question is counted; no id when nothing of it could be kept."""

    id: UUID | None


@router.post(
    "",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, ConversationNotFound, tenants.TenantUnknown, Unprocessable),
)
def report(wish: QuestionReport, principal: ServiceDep, session: SessionDep, clock: ClockDep) -> QuestionNoted:
    """Count a question that the bot could not answer."""
    tenants.require(session, principal.tenant)
    if wish.conversation_id is not None:
        readable(session, principal, wish.conversation_id)
    question_id = repository.count(
        session,
        tenant=principal.tenant,
        question=wish.question,
        now=clock(),
        conversation_id=wish.conversation_id,
        intent=wish.intent,
        confidence=wish.confidence,
    )
    return QuestionNoted(id=question_id)


@router.get("", responses=problem_responses(Unauthorized, Forbidden, CursorInvalid))
def list_questions(
    principal: ReaderDep,
    session: SessionDep,
    *,
    status: QuestionStatus = "open",
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QuestionPage:
    """List unanswered questions, the most frequent first."""
    rows = repository.page(session, tenant=principal.tenant, status=status, after=decode_number(cursor), limit=limit)
    return QuestionPage(
        items=[QuestionItem.model_validate(row) for row in rows],
        next_cursor=encode(rows[-1].count, rows[-1].id) if len(rows) == limit else None,
    )


@router.patch("/{question_id}", responses=problem_responses(Unauthorized, Forbidden, QuestionNotFound, Unprocessable))
def change(question_id: UUID, wish: QuestionChange, principal: WriterDep, session: SessionDep) -> QuestionItem:
    """Say what became of a question."""
    question = repository.get(session, principal.tenant, question_id)
    if question is None:
        raise QuestionNotFound
    before, question.status = question.status, wish.status
    record(
        session,
        principal,
        action="unanswered.change",
        object_type="unanswered",
        object_id=question.id,
        before={"status": before},
        after={"status": wish.status},
    )
    return QuestionItem.model_validate(question)

"""/v1/unanswered."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.conversations.service import ConversationNotFound, readable
from munbot_conversations.dependencies import ClockDep, ReaderDep, ServiceDep, WriterDep
from munbot_conversations.paging import CursorInvalid, decode_number, decode_time, encode
from munbot_conversations.tenants import service as tenants
from munbot_conversations.unanswered import repository, service
from munbot_conversations.unanswered.knowledge import Knowledge, KnowledgeAway, PairRefused
from munbot_conversations.unanswered.repository import Kind, Status
from munbot_conversations.unanswered.schemas import (
    QuestionAnswer,
    QuestionChange,
    QuestionItem,
    QuestionNoted,
    QuestionPage,
    QuestionReport,
)
from munbot_conversations.unanswered.service import QuestionNotFound

router = APIRouter(prefix="/v1/unanswered", tags=["unanswered"])

_CHANGE = problem_responses(Unauthorized, Forbidden, QuestionNotFound, Unprocessable)


def _knowledge(request: Request) -> Knowledge:
    knowledge: Knowledge = request.app.state.knowledge
    return knowledge


KnowledgeDep = Annotated[Knowledge, Depends(_knowledge)]


@router.post(
    "",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, ConversationNotFound, tenants.TenantUnknown, Unprocessable),
)
def report(wish: QuestionReport, principal: ServiceDep, session: SessionDep, clock: ClockDep) -> QuestionNoted:
    """Count a question that could not be answered (the dialogue's own are counted with its reply, once)."""
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
    status: Status = "open",
    kind: Kind | None = None,
    order: Annotated[repository.Order, Query(description="most asked first, or asked last first")] = "count",
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QuestionPage:
    """List the questions that the bot could not answer, or answered badly."""
    recent = order == "recent"
    rows = repository.page(
        session,
        tenant=principal.tenant,
        status=status,
        kind=kind,
        by_time=recent,
        after=decode_time(cursor) if recent else decode_number(cursor),
        limit=limit,
    )
    last = rows[-1] if len(rows) == limit else None
    return QuestionPage(
        items=[QuestionItem.model_validate(row) for row in rows],
        next_cursor=encode(last.last_at if recent else last.count, last.id) if last else None,
    )


@router.patch("/{question_id}", responses=_CHANGE)
def change(question_id: UUID, wish: QuestionChange, principal: WriterDep, session: SessionDep) -> QuestionItem:
    """Say what became of a question; one that was answered elsewhere, or that is to be open again."""
    return QuestionItem.model_validate(service.change(session, principal, question_id, wish.status))


@router.post("/{question_id}/dismiss", responses=_CHANGE)
def dismiss(question_id: UUID, principal: WriterDep, session: SessionDep) -> QuestionItem:
    """Put a question away that needs no answer; whoever asks it again does not bring it back."""
    found = service.change(session, principal, question_id, "dismissed", action="unanswered.dismiss")
    return QuestionItem.model_validate(found)


@router.post(
    "/{question_id}/answer",
    responses=problem_responses(Unauthorized, Forbidden, QuestionNotFound, KnowledgeAway, PairRefused, Unprocessable),
)
def answer(
    question_id: UUID,
    wish: QuestionAnswer,
    *,
    principal: WriterDep,
    session: SessionDep,
    clock: ClockDep,
    knowledge: KnowledgeDep,
) -> QuestionItem:
    """Answer a question for everybody who asks it from now on: it becomes a pair of the office's knowledge."""
    found = service.answer(session, principal, question_id, wish, knowledge=knowledge, clock=clock)
    return QuestionItem.model_validate(found)

"""What officials make of unanswered questions."""

from uuid import UUID

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.messages.rules import storable
from munbot_conversations.unanswered import repository
from munbot_conversations.unanswered.knowledge import Knowledge
from munbot_conversations.unanswered.models import UnansweredQuestion
from munbot_conversations.unanswered.repository import Status
from munbot_conversations.unanswered.rules import wordings
from munbot_conversations.unanswered.schemas import QuestionAnswer


class QuestionNotFound(NotFound):
    """No such question in the tenant."""

    code = "question_not_found"
    title = "Esa pregunta no existe"


def answer(
    session: Session,
    principal: Principal,
    question_id: UUID,
    wish: QuestionAnswer,
    *,
    knowledge: Knowledge,
    clock: Clock,
) -> UnansweredQuestion:
    """Make a question/answer pair under the question's id, then mark the question; to be repeated without harm.

    The row is locked only once the pair is stored: citizens who ask the same meanwhile do not wait for llm-gateway.

    Raises:
        QuestionNotFound: there is none in the tenant.
        KnowledgeAway, PairRefused: no pair was stored, and nothing is marked.
    """
    found = _required(session, principal, question_id)
    question = storable(wish.question or found.question)
    also = wordings(question, [found.question, *found.samples]) if wish.also is None else wish.also
    also = list(dict.fromkeys(storable(text) for text in also))
    knowledge.put_pair(principal.tenant, question_id, question, also, storable(wish.answer))
    found = _required(session, principal, question_id, lock=True)
    found.answered_at = clock()
    repository.settle_alike(session, found, now=found.answered_at)
    return _mark(session, principal, found, "answered", action="unanswered.answer")


def change(
    session: Session, principal: Principal, question_id: UUID, status: Status, *, action: str = "unanswered.change"
) -> UnansweredQuestion:
    """Say what became of a question.

    Raises:
        QuestionNotFound: there is none in the tenant.
    """
    return _mark(session, principal, _required(session, principal, question_id, lock=True), status, action=action)


def _required(session: Session, principal: Principal, question_id: UUID, *, lock: bool = False) -> UnansweredQuestion:
    found = repository.get(session, principal.tenant, question_id, lock=lock)
    if found is None:
        raise QuestionNotFound
    return found


def _mark(
    session: Session, principal: Principal, question: UnansweredQuestion, status: Status, *, action: str
) -> UnansweredQuestion:
    before, question.status = question.status, status
    session.flush()
    record(
        session,
        principal,
        action=action,
        object_type="unanswered",
        object_id=question.id,
        before={"status": before},
        after={"status": status},
    )
    return question

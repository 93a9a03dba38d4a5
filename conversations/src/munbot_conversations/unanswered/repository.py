"""Queries on unanswered questions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.unanswered.models import UnansweredQuestion
from munbot_conversations.unanswered.rules import QUESTION_LIMIT, normalise, without_personal_data


def count(
    session: Session,
    *,
    tenant: str,
    question: str,
    now: datetime,
    conversation_id: UUID | None = None,
    intent: str | None = None,
    confidence: float | None = None,
) -> UUID | None:
    """Count a question once more, or for the first time; returns its id, None for an empty question."""
    normalised = normalise(question)
    if not normalised:
        return None
    table = UnansweredQuestion
    statement = insert(table).values(
        id=uuid7(),
        tenant_id=tenant,
        normalised=normalised,
        question=without_personal_data(question.strip())[:QUESTION_LIMIT],
        intent=intent,
        confidence=confidence,
        conversation_id=conversation_id,
        first_at=now,
        last_at=now,
    )
    return session.scalar(
        statement.on_conflict_do_update(
            index_elements=[table.tenant_id, table.normalised],
            set_={
                "count": table.count + 1,
                "last_at": statement.excluded.last_at,
                "conversation_id": statement.excluded.conversation_id,
                "intent": statement.excluded.intent,
                "confidence": statement.excluded.confidence,
                "status": "open",
            },
        ).returning(table.id)
    )


def page(
    session: Session, *, tenant: str, status: str, after: tuple[int, UUID] | None, limit: int
) -> Sequence[UnansweredQuestion]:
    """Return the most frequent questions first."""
    statement = select(UnansweredQuestion).where(
        UnansweredQuestion.tenant_id == tenant, UnansweredQuestion.status == status
    )
    if after is not None:
        statement = statement.where(tuple_(UnansweredQuestion.count, UnansweredQuestion.id) < after)
    return session.scalars(
        statement.order_by(UnansweredQuestion.count.desc(), UnansweredQuestion.id.desc()).limit(limit)
    ).all()


def get(session: Session, tenant: str, question_id: UUID) -> UnansweredQuestion | None:
    """Return one question of this tenant."""
    return session.scalar(
        select(UnansweredQuestion).where(UnansweredQuestion.id == question_id, UnansweredQuestion.tenant_id == tenant)
    )

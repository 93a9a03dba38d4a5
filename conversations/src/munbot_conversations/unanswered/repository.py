"""Queries on unanswered questions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from munbot_common.ids import uuid7
from sqlalchemy import any_, case, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.unanswered.models import UnansweredOccurrence, UnansweredQuestion
from munbot_conversations.unanswered.rules import QUESTION_LIMIT, SAMPLES, normalise, without_personal_data

Kind = Literal["unknown", "unhelpful"]
Status = Literal["open", "answered", "dismissed"]
Order = Literal["count", "recent"]


def count(
    session: Session,
    *,
    tenant: str,
    question: str,
    now: datetime,
    kind: Kind = "unknown",
    conversation_id: UUID | None = None,
    message_id: UUID | None = None,
    intent: str | None = None,
    confidence: float | None = None,
) -> UUID | None:
    """Count a question once more, or for the first time; a message is counted in it once, however often this is called.

    One that was answered is open again: the answer did not reach who asked. One that was dismissed stays so.

    Returns:
        The question's id; None for an empty question.
    """
    normalised = normalise(question)
    if not normalised:
        return None
    wording = without_personal_data(question.strip())[:QUESTION_LIMIT]
    question_id = _row(session, tenant=tenant, kind=kind, normalised=normalised, wording=wording, now=now)
    if message_id is not None and not _note(session, tenant, question_id, message_id, now):
        return question_id
    table = UnansweredQuestion
    known = or_(any_(table.samples) == wording, func.cardinality(table.samples) >= SAMPLES)
    session.execute(
        update(table)
        .where(table.id == question_id)
        .values(
            count=table.count + 1,
            last_at=now,
            conversation_id=conversation_id,
            intent=intent,
            confidence=confidence,
            samples=case((known, table.samples), else_=func.array_append(table.samples, wording)),
            status=case((table.status == "dismissed", table.status), else_="open"),
        )
        .execution_options(synchronize_session=False)
    )
    return question_id


def _row(session: Session, *, tenant: str, kind: Kind, normalised: str, wording: str, now: datetime) -> UUID:
    """Return the id of the question's row, made when there is none, and hold its lock."""
    table = UnansweredQuestion
    statement = insert(table).values(
        id=uuid7(), tenant_id=tenant, kind=kind, normalised=normalised, question=wording, first_at=now, last_at=now
    )
    return session.scalars(
        statement.on_conflict_do_update(
            index_elements=[table.tenant_id, table.kind, table.normalised],
            set_={"normalised": statement.excluded.normalised},
        ).returning(table.id)
    ).one()


def _note(session: Session, tenant: str, question_id: UUID, message_id: UUID, now: datetime) -> bool:
    """Note that a message is counted; False when it was already."""
    made = session.scalar(
        insert(UnansweredOccurrence)
        .values(question_id=question_id, message_id=message_id, tenant_id=tenant, at=now)
        .on_conflict_do_nothing()
        .returning(UnansweredOccurrence.message_id)
    )
    return made is not None


def take_back(session: Session, *, tenant: str, kind: Kind, message_id: UUID) -> None:
    """Count a message no longer; a question that nobody is left to ask disappears unless an official has settled it."""
    table = UnansweredQuestion
    questions = session.scalars(
        delete(UnansweredOccurrence)
        .where(
            UnansweredOccurrence.message_id == message_id,
            UnansweredOccurrence.tenant_id == tenant,
            UnansweredOccurrence.question_id == table.id,
            table.kind == kind,
        )
        .returning(UnansweredOccurrence.question_id)
        .execution_options(synchronize_session=False)
    ).all()
    for question_id in questions:
        session.execute(
            update(table)
            .where(table.id == question_id)
            .values(count=func.greatest(table.count - 1, 0))
            .execution_options(synchronize_session=False)
        )
        session.execute(
            delete(table)
            .where(table.id == question_id, table.count == 0, table.status == "open")
            .execution_options(synchronize_session=False)
        )


def page(
    session: Session,
    *,
    tenant: str,
    status: Status,
    kind: Kind | None,
    by_time: bool,
    after: tuple[Any, UUID] | None,
    limit: int,
) -> Sequence[UnansweredQuestion]:
    """Return the most frequent questions first, or the ones asked last."""
    place = UnansweredQuestion.last_at if by_time else UnansweredQuestion.count
    statement = select(UnansweredQuestion).where(
        UnansweredQuestion.tenant_id == tenant, UnansweredQuestion.status == status
    )
    if kind is not None:
        statement = statement.where(UnansweredQuestion.kind == kind)
    if after is not None:
        statement = statement.where(tuple_(place, UnansweredQuestion.id) < after)
    return session.scalars(statement.order_by(place.desc(), UnansweredQuestion.id.desc()).limit(limit)).all()


def get(session: Session, tenant: str, question_id: UUID, *, lock: bool = False) -> UnansweredQuestion | None:
    """Return one question of this tenant, locked if asked, as it is now."""
    statement = select(UnansweredQuestion).where(
        UnansweredQuestion.id == question_id, UnansweredQuestion.tenant_id == tenant
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def settle_alike(session: Session, question: UnansweredQuestion, *, now: datetime) -> None:
    """Mark the same question of the other kind as answered, too: one answer serves both."""
    session.execute(
        update(UnansweredQuestion)
        .where(
            UnansweredQuestion.tenant_id == question.tenant_id,
            UnansweredQuestion.normalised == question.normalised,
            UnansweredQuestion.id != question.id,
            UnansweredQuestion.status == "open",
        )
        .values(status="answered", answered_at=now)
        .execution_options(synchronize_session=False)
    )

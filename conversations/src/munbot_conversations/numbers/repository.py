"""Figures of a span of days, in the tenant's zone."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from munbot_conversations.numbers.models import Handoff, Visit
from munbot_conversations.unanswered.models import UnansweredOccurrence, UnansweredQuestion

Moments = tuple[datetime, datetime]
"""From the first moment to the last one, which is left out."""


def visits(session: Session, tenant: str, zone: str, span: Moments) -> dict[date, Row[Any]]:
    """Return how many citizens came, and how many of them needed no person, by day."""
    return _by_day(
        session,
        _within(Visit.tenant_id, Visit.started_at, tenant, span, zone).add_columns(
            func.count().label("came"), func.count().filter(Visit.person_at.is_(None)).label("contained")
        ),
    )


def handoffs(session: Session, tenant: str, zone: str, span: Moments) -> dict[date, Row[Any]]:
    """Return how often a person was asked for or took over unasked, and the median wait, by day."""
    columns = _handoff_columns()
    return _by_day(session, _within(Handoff.tenant_id, Handoff.requested_at, tenant, span, zone).add_columns(*columns))


def all_handoffs(session: Session, tenant: str, span: Moments) -> Row[Any]:
    """Return the same of the whole span: a median is no sum of medians."""
    return session.execute(
        select(*_handoff_columns()).where(
            Handoff.tenant_id == tenant, Handoff.requested_at >= span[0], Handoff.requested_at < span[1]
        )
    ).one()


def unknown_questions(session: Session, tenant: str, zone: str, span: Moments) -> dict[date, Row[Any]]:
    """Return how many questions nobody could answer, by day."""
    occurrence = UnansweredOccurrence
    statement = _within(occurrence.tenant_id, occurrence.at, tenant, span, zone).add_columns(
        func.count().label("unknown")
    )
    return _by_day(
        session,
        statement.join(UnansweredQuestion, UnansweredQuestion.id == occurrence.question_id).where(
            UnansweredQuestion.kind == "unknown"
        ),
    )


def _handoff_columns() -> tuple[ColumnElement[Any], ...]:
    waited = func.extract("epoch", Handoff.answered_at - Handoff.requested_at)
    answered = Handoff.asked & Handoff.answered_at.is_not(None)
    return (
        func.count().filter(Handoff.asked).label("asked"),
        func.count().filter(~Handoff.asked).label("unasked"),
        func.count().filter(answered).label("answered"),
        func.percentile_cont(0.5).within_group(waited).filter(answered).label("median"),
    )


def _within(
    owner: InstrumentedAttribute[str], at: InstrumentedAttribute[datetime], tenant: str, span: Moments, zone: str
) -> Select[Any]:
    day = cast(func.timezone(zone, at), Date)
    return select(day.label("day")).where(owner == tenant, at >= span[0], at < span[1]).group_by(day)


def _by_day(session: Session, statement: Select[Any]) -> dict[date, Row[Any]]:
    return {row.day: row for row in session.execute(statement)}

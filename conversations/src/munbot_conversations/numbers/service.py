"""Putting the figures together."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import Unprocessable
from sqlalchemy.orm import Session

from munbot_conversations.numbers import repository
from munbot_conversations.numbers.schemas import DayNumbers, Figures, Numbers
from munbot_conversations.tenants import service as tenants

USUAL_DAYS = 30
MOST_DAYS = 400
FIRST_YEAR, LAST_YEAR = 2000, 2100


class RangeInvalid(Unprocessable):
    """The days do not follow each other, or are too many."""

    code = "range_invalid"
    title = f"El período debe ir de una fecha a otra posterior y abarcar a lo más {MOST_DAYS} días"


def numbers(session: Session, principal: Principal, first: date | None, last: date | None, clock: Clock) -> Numbers:
    """Return the tenant's figures from one day to another, both included; of the last 30 days if not told.

    Raises:
        RangeInvalid: not a span, or too long a one.
    """
    tenant = tenants.require(session, principal.tenant)
    zone = ZoneInfo(tenant.timezone)
    last = last or clock().astimezone(zone).date()
    if not FIRST_YEAR < last.year < LAST_YEAR:
        raise RangeInvalid
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise RangeInvalid
    span = (datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone))
    visits = repository.visits(session, tenant.id, tenant.timezone, span)
    handoffs = repository.handoffs(session, tenant.id, tenant.timezone, span)
    unknown = repository.unknown_questions(session, tenant.id, tenant.timezone, span)
    days = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        came, had, asked = visits.get(day), handoffs.get(day), unknown.get(day)
        days.append(
            DayNumbers(
                day=day,
                conversations=came.came if came else 0,
                contained=came.contained if came else 0,
                handoffs=had.asked if had else 0,
                takeovers=had.unasked if had else 0,
                answered=had.answered if had else 0,
                median_first_answer_seconds=_seconds(had.median) if had else None,
                unknown_questions=asked.unknown if asked else 0,
            )
        )
    total = repository.all_handoffs(session, tenant.id, span)
    return Numbers(
        first=first, last=last, timezone=tenant.timezone, total=_total(days, _seconds(total.median)), days=days
    )


def _seconds(median: float | None) -> int | None:
    return None if median is None else round(median)


def _total(days: list[DayNumbers], median: int | None) -> Figures:
    return Figures(
        conversations=sum(day.conversations for day in days),
        contained=sum(day.contained for day in days),
        handoffs=sum(day.handoffs for day in days),
        takeovers=sum(day.takeovers for day in days),
        answered=sum(day.answered for day in days),
        median_first_answer_seconds=median,
        unknown_questions=sum(day.unknown_questions for day in days),
    )

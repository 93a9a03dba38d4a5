"""HTTP entrance to the numbers."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints.complaints.filters import FIRST_DAY, LAST_DAY, midnight
from munbot_complaints.complaints.routes import OfficeDep
from munbot_complaints.complaints.rules import OPEN
from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.numbers import rules
from munbot_complaints.numbers.schemas import ComplaintNumbers, DayNumbers, NamedNumbers, StatusNumbers
from munbot_complaints.texts import status_label

router = APIRouter(prefix="/v1/numbers", tags=["numbers"])

MOST_DAYS = 366
USUAL_DAYS = 30
Day = Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY)]


class RangeInvalid(Unprocessable):
    """Ends before it begins, or is too long."""

    code = "range_invalid"
    title = "Elija un período de a lo más un año, con el primer día antes del último"


@router.get("", responses=problem_responses(Unauthorized, Forbidden, RangeInvalid))
def read_numbers(
    principal: OfficeDep,
    services: ServicesDep,
    from_: Annotated[
        Day, Query(alias="from", description="first day, in the office's zone; 30 days if not given")
    ] = None,
    to: Annotated[Day, Query(description="last day; today if not given")] = None,
) -> ComplaintNumbers:
    """Count the complaints of a range, and all as they stand now."""
    calendar = services.calendars.of(principal.tenant)
    now = services.clock()
    last = to or calendar.local_day(now)
    first = from_ or last - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise RangeInvalid
    start, end = midnight(calendar, first), midnight(calendar, last + timedelta(days=1))
    cases = list(services.numbers.cases(principal.tenant, start, end, calendar.zone))
    counts = services.numbers.by_status(principal.tenant, now)
    return ComplaintNumbers(
        first=first,
        last=last,
        received=len(cases),
        settled=sum(case.settled_at is not None for case in cases),
        median_days=rules.median_days(cases),
        on_time=rules.on_time(cases),
        days=[
            DayNumbers(day=day, received=came, settled=went) for day, came, went in rules.per_day(cases, first, last)
        ],
        categories=_named([case.category for case in cases]),
        units=_named([case.unit for case in cases]),
        open_now=sum(counts.get(status, 0) for status in OPEN),
        overdue_now=services.numbers.overdue(principal.tenant, now),
        statuses=[
            StatusNumbers(status=status, label=status_label(status), count=counts.get(status, 0))
            for status in ComplaintStatus
        ],
    )


def _named(names: list[str]) -> list[NamedNumbers]:
    return [NamedNumbers(name=name, count=count) for name, count in rules.ranked(names)]

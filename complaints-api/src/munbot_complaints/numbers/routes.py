"""HTTP entrance to the numbers."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_complaints.complaints.filters import FIRST_DAY, LAST_DAY
from munbot_complaints.complaints.routes import OfficeDep
from munbot_complaints.dependencies import ServicesDep
from munbot_complaints.numbers.schemas import ComplaintNumbers

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
    """Count the complaints of a range, and all as they stand now.

    Where counting took longer than a second, the answer is given again for ten times as long.
    """
    calendar = services.calendars.of(principal.tenant)
    last = to or calendar.local_day(services.clock())
    first = from_ or last - timedelta(days=USUAL_DAYS - 1)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise RangeInvalid
    return services.numbers.read(principal.tenant, calendar, first, last)

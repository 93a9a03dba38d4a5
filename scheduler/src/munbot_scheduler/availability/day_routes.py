"""HTTP entrance: when offices are open, day by day, for whoever draws an agenda."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.calendar import calendars
from munbot_scheduler.availability.rules import days_between
from munbot_scheduler.availability.schemas import OfficeDayOut, WindowOut
from munbot_scheduler.availability.service import MAX_RANGE_DAYS
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.dependencies import ReaderDep
from munbot_scheduler.problems import OfficeUnknown, RangeInvalid
from munbot_scheduler.schemas import Day, Items, Reference, local
from munbot_scheduler.texts import say

router = APIRouter(prefix="/v1", tags=["opening hours"])


def _check_range(first: date, last: date) -> None:
    if last < first:
        raise RangeInvalid(say("problems.range_reversed"))
    if (last - first).days >= MAX_RANGE_DAYS:
        raise RangeInvalid(say("problems.range_too_long", days=MAX_RANGE_DAYS))


@router.get("/days", responses=problem_responses(Unauthorized, Forbidden, Unprocessable, RangeInvalid, OfficeUnknown))
def list_days(
    *,
    session: SessionDep,
    principal: ReaderDep,
    first: Annotated[Day, Query(alias="from", description="Local day")],
    last: Annotated[Day, Query(alias="to", description="Local day, included")],
    office_id: Annotated[Reference | None, Query(description="Id or code; all that are active without")] = None,
) -> Items[OfficeDayOut]:
    """List when each office is open on each day, and why it is not; past days too."""
    _check_range(first, last)
    if office_id is None:
        offices = list(catalogue.offices(session, principal.tenant))
    else:
        office = catalogue.office(session, principal.tenant, office_id)
        if office is None:
            raise OfficeUnknown
        offices = [office]
    ids = [office.id for office in offices]
    rules = repository.opening_rules(session, ids)
    exceptions = repository.opening_exceptions(session, principal.tenant, first=first, last=last, office_ids=ids)
    items = []
    for calendar in calendars(offices, rules, exceptions):
        zone = calendar.office.timezone
        for day in days_between(first, last):
            plan = calendar.plan(day)
            items.append(
                OfficeDayOut(
                    office_id=calendar.office.id,
                    date=day,
                    windows=[
                        WindowOut(
                            opens=local(window.opens, zone),
                            closes=local(window.closes, zone),
                            capacity=window.capacity,
                            step=int(window.step.total_seconds() // 60),
                        )
                        for window in plan.windows
                    ],
                    closure=plan.closure,
                    reason=plan.reason,
                )
            )
    return Items(items=items)

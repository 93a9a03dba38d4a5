"""HTTP entrance: the agenda's numbers, for officials."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue.policy import policy_of
from munbot_scheduler.dependencies import NowDep, ReaderDep, SettingsDep
from munbot_scheduler.numbers import service
from munbot_scheduler.numbers.repository import Scope
from munbot_scheduler.numbers.schemas import NumbersOut
from munbot_scheduler.problems import RangeInvalid
from munbot_scheduler.schemas import Day
from munbot_scheduler.texts import say

router = APIRouter(prefix="/v1/numbers", tags=["numbers"])

MAX_DAYS = 400
USUAL_DAYS = 30


@router.get("", responses=problem_responses(Unauthorized, Forbidden, Unprocessable, RangeInvalid))
def get_numbers(
    *,
    session: SessionDep,
    principal: ReaderDep,
    settings: SettingsDep,
    now: NowDep,
    first: Annotated[
        Day | None, Query(alias="from", description="Local day; thirty days before the last without")
    ] = None,
    last: Annotated[Day | None, Query(alias="to", description="Local day, included; today without")] = None,
    office_id: UUID | None = None,
    procedure_id: UUID | None = None,
) -> NumbersOut:
    """Count appointments by day, procedure, office and channel."""
    timezone = policy_of(settings, catalogue.policy(session, principal.tenant)).timezone
    zone = ZoneInfo(timezone)
    last = last or now.astimezone(zone).date()
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if last < first:
        raise RangeInvalid(say("problems.range_reversed"))
    if (last - first).days >= MAX_DAYS:
        raise RangeInvalid(say("problems.range_too_long", days=MAX_DAYS))
    start, end = service.local_range(first, last, zone)
    scope = Scope(principal.tenant, timezone, start, end, office_id, procedure_id)
    return service.numbers(session, scope, first, last, now)

"""GET /v1/numbers."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, problem_responses

from munbot_conversations.dependencies import ClockDep, StaffDep
from munbot_conversations.numbers import service
from munbot_conversations.numbers.schemas import Numbers
from munbot_conversations.tenants.service import TenantUnknown

router = APIRouter(prefix="/v1/numbers", tags=["numbers"])


@router.get("", responses=problem_responses(Unauthorized, Forbidden, TenantUnknown, service.RangeInvalid))
def get_numbers(
    principal: StaffDep,
    session: SessionDep,
    clock: ClockDep,
    first: Annotated[date | None, Query(alias="from", description="first day, in the tenant's zone")] = None,
    last: Annotated[date | None, Query(alias="to", description="last day, included; today if not given")] = None,
) -> Numbers:
    """Return conversations, how many needed no person, handoffs and how long citizens waited; by day and in all."""
    return service.numbers(session, principal, first, last, clock)

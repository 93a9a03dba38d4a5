"""HTTP entrance: free slots."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter, Query
from munbot_common.auth import Principal, Role
from munbot_common.problems import Unauthorized, Unprocessable, problem_responses

from munbot_scheduler.appointments.schemas import DayOut, Holder, SlotOut, SlotsOut
from munbot_scheduler.availability.rules import TimeOfDay
from munbot_scheduler.availability.service import slot_json
from munbot_scheduler.dependencies import AnyReaderDep, EnvironmentDep, visitor_conversation
from munbot_scheduler.problems import OfficeUnknown, ProcedureNotOffered, ProcedureUnknown, RangeInvalid
from munbot_scheduler.schemas import Day, Items, Moment, Reference, WallTime

router = APIRouter(prefix="/v1/slots", tags=["slots"])

PROBLEMS = problem_responses(
    Unauthorized, Unprocessable, ProcedureUnknown, OfficeUnknown, ProcedureNotOffered, RangeInvalid
)

HolderQuery = Annotated[Holder | None, Query(description="Whose own holds count as free")]


def _holder(principal: Principal, holder: str | None) -> str | None:
    return visitor_conversation(principal) if principal.role is Role.VISITOR else holder


@router.get("", responses=PROBLEMS)
def list_slots(
    *,
    environment: EnvironmentDep,
    principal: AnyReaderDep,
    procedure_id: Annotated[Reference, Query(description="Id or code")],
    office_id: Annotated[Reference | None, Query(description="Id or code; all that attend it without")] = None,
    first: Annotated[Day | None, Query(alias="from", description="Local day; today without")] = None,
    last: Annotated[Day | None, Query(alias="to", description="Local day, included; a week without")] = None,
    time_of_day: TimeOfDay = TimeOfDay.ANY,
    near: Annotated[WallTime | None, Query(description="HH:MM; the nearest to it come first")] = None,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
    holder: HolderQuery = None,
) -> SlotsOut:
    """List the free slots of some days, and say of each day how it looks."""
    availability = environment.availability(principal.tenant, principal)
    target = availability.target(procedure_id, office_id)
    slots, days = availability.search(
        target,
        first,
        last,
        time_of_day=time_of_day,
        near=None if near is None else time(*divmod(near % 1440, 60)),
        limit=limit,
        holder=_holder(principal, holder),
    )
    return SlotsOut(
        items=[SlotOut.model_validate(slot_json(slot, target.procedure)) for slot in slots],
        days=[DayOut(date=report.day, status=report.status, detail=report.detail) for report in days],
    )


@router.get("/nearest", responses=PROBLEMS)
def nearest_slots(
    *,
    environment: EnvironmentDep,
    principal: AnyReaderDep,
    procedure_id: Annotated[Reference, Query(description="Id or code")],
    at: Annotated[Moment | None, Query(description="The wanted moment; now without")] = None,
    office_id: Annotated[Reference | None, Query(description="Id or code")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 3,
    holder: HolderQuery = None,
) -> Items[SlotOut]:
    """List the free slots nearest to a moment, the nearest first."""
    availability = environment.availability(principal.tenant, principal)
    target = availability.target(procedure_id, office_id)
    slots = availability.nearest(target, at or environment.now, limit=limit, holder=_holder(principal, holder))
    return Items(items=[SlotOut.model_validate(slot_json(slot, target.procedure)) for slot in slots])

"""HTTP entrance: procedures, offices and policy."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from munbot_common.auth import Role
from munbot_common.database import SessionDep
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses

from munbot_scheduler.availability import repository as availability
from munbot_scheduler.availability.calendar import calendars
from munbot_scheduler.catalogue import repository, service
from munbot_scheduler.catalogue.hours import open_status
from munbot_scheduler.catalogue.policy import policy_of
from munbot_scheduler.catalogue.schemas import (
    OfficeIn,
    OfficeOut,
    OfficePatch,
    PolicyIn,
    PolicyOut,
    ProcedureIn,
    ProcedureOut,
    ProcedurePatch,
    StatusOut,
)
from munbot_scheduler.dependencies import (
    ACCESS,
    ACCESS_ITEM,
    AdminDep,
    AnyReaderDep,
    ContextDep,
    IfMatch,
    NowDep,
    ReaderDep,
    SettingsDep,
    check_version,
)
from munbot_scheduler.idempotent import once
from munbot_scheduler.problems import CodeTaken, OfficeUnknown, ProcedureUnknown, Stale
from munbot_scheduler.schemas import Items, Moment, Reference, local

router = APIRouter(prefix="/v1", tags=["catalogue"])

CREATE = problem_responses(
    Unauthorized, Forbidden, Unprocessable, CodeTaken, OfficeUnknown, ProcedureUnknown, IdempotencyKeyReused
)
CHANGE = problem_responses(Unauthorized, Forbidden, NotFound, Unprocessable, OfficeUnknown, ProcedureUnknown, Stale)

Inactive = Annotated[bool, Query(description="The ones no longer offered, too (officials only)")]


@router.get("/procedures", responses=ACCESS)
def list_procedures(*, session: SessionDep, principal: AnyReaderDep, inactive: Inactive = False) -> Items[ProcedureOut]:
    """List what can be booked."""
    inactive = inactive and principal.role is not Role.VISITOR
    rows = repository.procedures(session, principal.tenant, inactive=inactive)
    return Items(items=service.procedure_views(session, principal.tenant, rows))


@router.get("/procedures/{reference}", responses=ACCESS_ITEM)
def get_procedure(
    *, session: SessionDep, principal: AnyReaderDep, reference: Reference, response: Response
) -> ProcedureOut:
    """Return a procedure by id or code; its version is the ETag."""
    row = service.found(repository.procedure(session, principal.tenant, reference))
    response.headers["ETag"] = f'"{row.version}"'
    return service.procedure_views(session, principal.tenant, [row])[0]


@router.post("/procedures", status_code=201, response_model=ProcedureOut, responses=CREATE)
def create_procedure(
    *, context: ContextDep, principal: AdminDep, wish: ProcedureIn, key: IdempotencyKey = None
) -> Response:
    """Add a procedure."""

    def respond() -> ProcedureOut:
        row = service.add_procedure(context, wish)
        context.session.refresh(row)
        return service.procedure_views(context.session, context.tenant, [row])[0]

    return once(context, principal, "procedure", key=key, request=wish, respond=respond, status=201)


@router.patch("/procedures/{reference}", responses=CHANGE)
def change_procedure(
    *, context: ContextDep, _principal: AdminDep, reference: Reference, wish: ProcedurePatch, if_match: IfMatch = None
) -> ProcedureOut:
    """Change a procedure; `active: false` takes it off the list."""
    row = service.found(repository.procedure(context.session, context.tenant, reference))
    context.session.refresh(row, with_for_update=True)
    check_version(if_match, row.version, service.content_of(row))
    service.change_procedure(context, row, wish)
    return service.procedure_views(context.session, context.tenant, [row])[0]


@router.get("/offices", responses=ACCESS)
def list_offices(
    *, session: SessionDep, principal: AnyReaderDep, now: NowDep, inactive: Inactive = False
) -> Items[OfficeOut]:
    """List offices with their hours."""
    inactive = inactive and principal.role is not Role.VISITOR
    rows = repository.offices(session, principal.tenant, inactive=inactive)
    return Items(items=service.office_views(session, principal.tenant, rows, now.date()))


@router.get("/offices/{reference}", responses=ACCESS_ITEM)
def get_office(
    *, session: SessionDep, principal: AnyReaderDep, now: NowDep, reference: Reference, response: Response
) -> OfficeOut:
    """Return an office by id or code; its version is the ETag."""
    row = service.found(repository.office(session, principal.tenant, reference))
    response.headers["ETag"] = f'"{row.version}"'
    return service.office_views(session, principal.tenant, [row], now.date())[0]


@router.get("/offices/{reference}/status", responses=ACCESS_ITEM)
def get_office_status(
    *,
    session: SessionDep,
    principal: AnyReaderDep,
    now: NowDep,
    reference: Reference,
    at: Annotated[Moment | None, Query(description="Now without")] = None,
) -> StatusOut:
    """Say whether the office is open, and when that changes."""
    row = service.found(repository.office(session, principal.tenant, reference))
    at = at or now
    (calendar,) = calendars(
        [row],
        availability.opening_rules(session, [row.id]),
        availability.opening_exceptions(session, principal.tenant, first=at.date(), office_ids=[row.id]),
    )
    status = open_status(calendar, at)
    return StatusOut(
        open_now=status.open_now,
        opens_at=None if status.opens_at is None else local(status.opens_at, row.timezone),
        closes_at=None if status.closes_at is None else local(status.closes_at, row.timezone),
    )


@router.post("/offices", status_code=201, response_model=OfficeOut, responses=CREATE)
def create_office(*, context: ContextDep, principal: AdminDep, wish: OfficeIn, key: IdempotencyKey = None) -> Response:
    """Add an office."""

    def respond() -> OfficeOut:
        row = service.add_office(context, wish)
        context.session.refresh(row)
        return service.office_views(context.session, context.tenant, [row], context.now.date())[0]

    return once(context, principal, "office", key=key, request=wish, respond=respond, status=201)


@router.patch("/offices/{reference}", responses=CHANGE)
def change_office(
    *, context: ContextDep, _principal: AdminDep, reference: Reference, wish: OfficePatch, if_match: IfMatch = None
) -> OfficeOut:
    """Change an office; `active: false` takes it off the list."""
    row = service.found(repository.office(context.session, context.tenant, reference))
    context.session.refresh(row, with_for_update=True)
    check_version(if_match, row.version, service.content_of(row))
    service.change_office(context, row, wish)
    return service.office_views(context.session, context.tenant, [row], context.now.date())[0]


@router.get("/policy", responses=ACCESS)
def get_policy(*, session: SessionDep, principal: ReaderDep, settings: SettingsDep, response: Response) -> PolicyOut:
    """Return how the tenant takes bookings; its version is the ETag."""
    row = repository.policy(session, principal.tenant)
    policy = policy_of(settings, row)
    version = 0 if row is None else row.version
    response.headers["ETag"] = f'"{version}"'
    return PolicyOut(
        timezone=policy.timezone,
        min_notice_minutes=int(policy.min_notice.total_seconds() // 60),
        horizon_days=policy.horizon_days,
        hold_minutes=int(policy.hold.total_seconds() // 60),
        reminder_hours=list(policy.reminder_hours),
        version=version,
    )


@router.put("/policy", responses=problem_responses(Unauthorized, Forbidden, Unprocessable, Stale))
def put_policy(*, context: ContextDep, _principal: AdminDep, wish: PolicyIn, if_match: IfMatch = None) -> PolicyOut:
    """Set how the tenant takes bookings."""
    row = repository.policy(context.session, context.tenant)
    check_version(if_match, 0 if row is None else row.version, None if row is None else service.content_of(row))
    return PolicyOut.model_validate(service.set_policy(context, wish))

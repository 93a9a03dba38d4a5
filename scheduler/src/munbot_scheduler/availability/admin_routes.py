"""HTTP entrance: opening rules and exceptions, for officials."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from munbot_common.database import SessionDep
from munbot_common.idempotency import IdempotencyKey, IdempotencyKeyReused
from munbot_common.problems import Forbidden, NotFound, Unauthorized, Unprocessable, problem_responses
from sqlalchemy.orm import Session

from munbot_scheduler.availability import repository
from munbot_scheduler.availability.models import OpeningException, OpeningRule
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.catalogue import service
from munbot_scheduler.catalogue.schemas import ExceptionIn, ExceptionOut, RuleIn, RuleOut
from munbot_scheduler.dependencies import (
    ACCESS,
    ACCESS_ITEM,
    AdminDep,
    ContextDep,
    IfMatch,
    NowDep,
    ReaderDep,
    check_version,
)
from munbot_scheduler.idempotent import once
from munbot_scheduler.problems import OfficeUnknown, Overlap, Stale
from munbot_scheduler.schemas import Day, Items, Reference

router = APIRouter(prefix="/v1", tags=["opening hours"])

CREATE = problem_responses(
    Unauthorized, Forbidden, NotFound, Unprocessable, Overlap, OfficeUnknown, IdempotencyKeyReused
)
CHANGE = problem_responses(Unauthorized, Forbidden, NotFound, Unprocessable, Overlap, Stale)
CHANGE_EXCEPTION = problem_responses(Unauthorized, Forbidden, NotFound, Unprocessable, OfficeUnknown, Stale)


def _rule(session: Session, tenant: str, rule_id: UUID) -> OpeningRule:
    row = service.found(session.get(OpeningRule, rule_id, with_for_update=True))
    return service.found(row if row.tenant_id == tenant else None)


def _exception(session: Session, tenant: str, exception_id: UUID) -> OpeningException:
    row = service.found(session.get(OpeningException, exception_id, with_for_update=True))
    return service.found(row if row.tenant_id == tenant else None)


@router.get("/offices/{reference}/opening-rules", responses=ACCESS_ITEM)
def list_rules(*, session: SessionDep, principal: ReaderDep, reference: Reference) -> Items[RuleOut]:
    """List the weekly openings of an office, past and future ones too."""
    office = service.found(catalogue.office(session, principal.tenant, reference))
    rows = repository.opening_rules(session, [office.id])
    return Items(items=[RuleOut.model_validate(row) for row in rows])


@router.post("/offices/{reference}/opening-rules", status_code=201, response_model=RuleOut, responses=CREATE)
def create_rule(
    *, context: ContextDep, principal: AdminDep, reference: Reference, wish: RuleIn, key: IdempotencyKey = None
) -> Response:
    """Add a weekly opening."""
    office = service.found(catalogue.office(context.session, context.tenant, reference))
    return once(
        context,
        principal,
        f"rule:{office.id}",
        key=key,
        request=wish,
        respond=lambda: RuleOut.model_validate(service.add_rule(context, office, wish)),
        status=201,
    )


@router.put("/opening-rules/{rule_id}", responses=CHANGE)
def change_rule(
    *, context: ContextDep, _principal: AdminDep, rule_id: UUID, wish: RuleIn, if_match: IfMatch = None
) -> RuleOut:
    """Replace a weekly opening. Appointments that exist keep their time."""
    row = _rule(context.session, context.tenant, rule_id)
    check_version(if_match, row.version, service.content_of(row))
    service.change_rule(context, row, wish)
    return RuleOut.model_validate(row)


@router.delete("/opening-rules/{rule_id}", status_code=204, responses=CHANGE)
def delete_rule(*, context: ContextDep, _principal: AdminDep, rule_id: UUID, if_match: IfMatch = None) -> None:
    """Remove a weekly opening. Appointments that exist stay."""
    row = _rule(context.session, context.tenant, rule_id)
    check_version(if_match, row.version, service.content_of(row))
    service.remove(context, row)


@router.get("/exceptions", responses=ACCESS)
def list_exceptions(
    *,
    session: SessionDep,
    principal: ReaderDep,
    now: NowDep,
    first: Annotated[Day | None, Query(alias="from", description="Today without")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
) -> Items[ExceptionOut]:
    """List closures and extra openings."""
    rows = repository.opening_exceptions(session, principal.tenant, first=first or now.date(), last=last)
    return Items(items=[ExceptionOut.model_validate(row) for row in rows])


@router.post("/exceptions", status_code=201, response_model=ExceptionOut, responses=CREATE)
def create_exception(
    *, context: ContextDep, principal: AdminDep, wish: ExceptionIn, key: IdempotencyKey = None
) -> Response:
    """Add a closure or an extra opening, and say how many appointments a closure touches."""

    def respond() -> ExceptionOut:
        row, affected = service.add_exception(context, wish)
        return ExceptionOut.model_validate(row).model_copy(update={"affected": affected})

    return once(context, principal, "exception", key=key, request=wish, respond=respond, status=201)


@router.put("/exceptions/{exception_id}", responses=CHANGE_EXCEPTION)
def change_exception(
    *, context: ContextDep, _principal: AdminDep, exception_id: UUID, wish: ExceptionIn, if_match: IfMatch = None
) -> ExceptionOut:
    """Replace a closure or an extra opening, and say how many appointments a closure touches."""
    row = _exception(context.session, context.tenant, exception_id)
    check_version(if_match, row.version, service.content_of(row))
    affected = service.change_exception(context, row, wish)
    return ExceptionOut.model_validate(row).model_copy(update={"affected": affected})


@router.delete("/exceptions/{exception_id}", status_code=204, responses=ACCESS_ITEM)
def delete_exception(*, context: ContextDep, _principal: AdminDep, exception_id: UUID) -> None:
    """Remove a closure or an extra opening."""
    service.remove(context, _exception(context.session, context.tenant, exception_id))

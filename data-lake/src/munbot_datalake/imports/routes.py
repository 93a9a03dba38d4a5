"""Imports by HTTP."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from munbot_common.audit import AuditAway
from munbot_common.auth import Principal, Role, TokenInvalid, require_roles
from munbot_common.client import ServiceProblem
from munbot_common.problems import Forbidden, Unavailable, problem_responses

from munbot_datalake.imports.schemas import AppointmentsImport, ComplaintsImport, Report
from munbot_datalake.imports.service import Imports

router = APIRouter(prefix="/v1/imports", tags=["imports"])

ZONE = ZoneInfo("America/Santiago")
OperatorDep = Annotated[Principal, Depends(require_roles(Role.ADMIN, Role.SERVICE))]


def get_imports(request: Request) -> Imports:
    """Return the application's imports."""
    imports: Imports = request.app.state.imports
    return imports


ImportsDep = Annotated[Imports, Depends(get_imports)]


@router.post("/complaints", responses=problem_responses(TokenInvalid, Forbidden, Unavailable, AuditAway))
def complaints(body: ComplaintsImport, principal: OperatorDep, imports: ImportsDep) -> Report:
    """Register complaints of the earlier demo; a record that was imported before is known and left as it is."""
    try:
        return imports.complaints(principal, body)
    except ServiceProblem as problem:
        raise Unavailable from problem


@router.post("/appointments", responses=problem_responses(TokenInvalid, Forbidden, Unavailable, AuditAway))
def appointments(body: AppointmentsImport, principal: OperatorDep, imports: ImportsDep) -> Report:
    """Book appointments of the earlier demo; what is past or taken is refused in the scheduler's words."""
    return imports.appointments(principal, body, ZONE)

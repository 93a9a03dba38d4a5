"""/v1/officials and /v1/rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_notifications.dependencies import SECURED, AdminDep, ClockDep, ReaderDep, SettingsDep, VaultDep
from munbot_notifications.officials import service
from munbot_notifications.officials.schemas import OfficialBody, OfficialChange, OfficialOut, RulesBody
from munbot_notifications.problems import AddressInvalid, OfficialExists, OfficialUnknown
from munbot_notifications.schemas import Page

router = APIRouter(prefix="/v1", tags=["officials"])
_MADE = problem_responses(Unauthorized, Forbidden, Unprocessable, AddressInvalid, OfficialExists)
_ONE = problem_responses(Unauthorized, Forbidden, Unprocessable, OfficialUnknown)
_CHANGED = problem_responses(Unauthorized, Forbidden, Unprocessable, AddressInvalid, OfficialExists, OfficialUnknown)


async def _sealing(vault: VaultDep, settings: SettingsDep) -> service.Sealing:
    return service.Sealing(vault, settings.schemes())


SealingDep = Annotated[service.Sealing, Depends(_sealing)]


@router.get("/officials", responses=SECURED)
def list_officials(session: SessionDep, principal: AdminDep, vault: VaultDep) -> Page[OfficialOut]:
    """List who of the office is told of what."""
    return Page(items=service.listed(session, principal.tenant, vault))


@router.post("/officials", status_code=201, responses=_MADE)
def add_official(
    body: OfficialBody, session: SessionDep, principal: AdminDep, sealing: SealingDep, clock: ClockDep
) -> OfficialOut:
    """Add a recipient."""
    return service.add(session, principal, body, sealing, clock())


@router.put("/officials/{official_id}", responses=_CHANGED)
def put_official(
    *,
    official_id: UUID,
    body: OfficialChange,
    session: SessionDep,
    principal: AdminDep,
    sealing: SealingDep,
    clock: ClockDep,
) -> OfficialOut:
    """Change a recipient."""
    change = service.Change(official_id, body, clock())
    return service.change(session, principal, change, sealing)


@router.delete("/officials/{official_id}", status_code=204, responses=_ONE)
def remove_official(official_id: UUID, session: SessionDep, principal: AdminDep, clock: ClockDep) -> Response:
    """Remove a recipient."""
    service.remove(session, principal, official_id, clock())
    return Response(status_code=204)


@router.get("/rules", responses=SECURED)
def get_rules(session: SessionDep, principal: ReaderDep, settings: SettingsDep) -> RulesBody:
    """Return the hours in which citizens are left alone, and when the digest comes."""
    return service.rules(session, principal.tenant, settings)


@router.put("/rules", responses=SECURED)
def put_rules(
    body: RulesBody, session: SessionDep, principal: AdminDep, settings: SettingsDep, clock: ClockDep
) -> RulesBody:
    """Set the municipality's own hours."""
    return service.put_rules(session, principal, body, settings, clock())

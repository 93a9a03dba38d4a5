"""HTTP entrance: the audit trail, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep

from munbot_scheduler.audit import repository
from munbot_scheduler.audit.schemas import AuditOut
from munbot_scheduler.dependencies import ACCESS, AdminDep
from munbot_scheduler.schemas import Page

router = APIRouter(prefix="/v1/audit", tags=["audit"])


@router.get("", responses=ACCESS)
def list_entries(
    *,
    session: SessionDep,
    principal: AdminDep,
    cursor: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Page[AuditOut]:
    """List the tenant's changes, the newest first."""
    rows = repository.latest(session, principal.tenant, before=cursor, limit=limit + 1)
    items = [AuditOut.model_validate(row) for row in rows[:limit]]
    return Page(items=items, next_cursor=str(items[-1].id) if len(rows) > limit else None)

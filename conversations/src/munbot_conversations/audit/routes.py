"""GET /v1/audit."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from munbot_common.database import SessionDep
from pydantic import BaseModel, ConfigDict

from munbot_conversations.audit.repository import page
from munbot_conversations.dependencies import SECURED, AdminDep

router = APIRouter(prefix="/v1/audit", tags=["audit"])


class AuditItem(BaseModel):
    """One entry of the audit log."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    at: datetime
    actor: str
    actor_role: str
    action: str
    object_type: str
    object_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    correlation_id: str


class AuditPage(BaseModel):
    """Newest entries first."""

    items: list[AuditItem]
    next_before: int | None


@router.get("", responses=SECURED)
def list_audit(
    principal: AdminDep,
    session: SessionDep,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    object_id: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """List what was done in the tenant."""
    rows = page(session, tenant=principal.tenant, before=before, object_id=object_id, limit=limit)
    return AuditPage(
        items=[AuditItem.model_validate(row) for row in rows],
        next_before=rows[-1].id if len(rows) == limit else None,
    )

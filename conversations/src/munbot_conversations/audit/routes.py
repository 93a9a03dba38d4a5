"""/v1/audit: the log, whether it is whole, and what other services add to it."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from munbot_common.database import SessionDep
from munbot_common.idempotency import Answer, IdempotencyKeyReused, answer_once
from munbot_common.logs import correlation_id
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses
from munbot_contracts.audit import AuditNoted
from pydantic import BaseModel, ConfigDict, Field

from munbot_conversations.audit.repository import page
from munbot_conversations.audit.service import check, record_noted
from munbot_conversations.base import IDEMPOTENCY
from munbot_conversations.dependencies import SECURED, AdminDep, ServiceDep

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
    hash: str = Field(description="of this entry and of the hash before it")


class AuditCheck(BaseModel):
    """Whether the log is whole."""

    ok: bool
    entries: int
    head: str = Field(description="hash of the newest entry; written down elsewhere, it proves what there was")
    broken_at: int | None = Field(description="first entry that was changed, or 0: entries at the end are missing")


class AuditPage(BaseModel):
    """Newest entries first."""

    items: list[AuditItem]
    next_before: int | None


@router.get("", responses=SECURED)
def list_audit(
    principal: AdminDep,
    session: SessionDep,
    *,
    before: Annotated[int | None, Query(ge=1, le=2**62)] = None,
    object_type: Annotated[str | None, Query(max_length=40)] = None,
    object_id: Annotated[str | None, Query(max_length=100)] = None,
    actor: Annotated[str | None, Query(max_length=100, description="id of an official, or `service:…`")] = None,
    action: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> AuditPage:
    """List what was done in the tenant."""
    rows = page(
        session,
        tenant=principal.tenant,
        before=before,
        object_type=object_type,
        object_id=object_id,
        actor=actor,
        action=action,
        limit=limit,
    )
    return AuditPage(
        items=[AuditItem.model_validate(row) for row in rows],
        next_before=rows[-1].id if len(rows) == limit else None,
    )


@router.get("/verify", responses=SECURED)
def verify_audit(principal: AdminDep, session: SessionDep) -> AuditCheck:
    """Compute the tenant's whole chain anew: no entry was changed, taken out or put in."""
    found = check(session, principal.tenant)
    return AuditCheck(ok=found.broken_at is None, entries=found.entries, head=found.head, broken_at=found.broken_at)


@router.post(
    "",
    status_code=204,
    responses=problem_responses(Unauthorized, Forbidden, Unprocessable, IdempotencyKeyReused),
)
def add_entry(
    wish: AuditNoted,
    principal: ServiceDep,
    session: SessionDep,
    key: Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)],
) -> None:
    """Note what somebody is about to do in another service, which vouches for it; the same key is noted once.

    For services without an outbox; the others send `munbot.audit.noted.v1`.
    """

    def add() -> Answer:
        record_noted(session, principal.tenant, wish, at=None, correlation=correlation_id.get())
        return Answer(204, None)

    answer_once(session, IDEMPOTENCY, principal=principal, operation="audit", key=key, request=wish, respond=add)

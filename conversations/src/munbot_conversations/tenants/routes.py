"""/v1/tenants and /v1/public/tenants."""

from fastapi import APIRouter
from munbot_common.database import SessionDep
from munbot_common.problems import Forbidden, Unauthorized, Unprocessable, problem_responses

from munbot_conversations.conversations.schemas import AttentionAnswer
from munbot_conversations.conversations.service import attention_answer
from munbot_conversations.dependencies import AdminDep, ClockDep, ReaderDep, ServiceDep
from munbot_conversations.tenants import administration, repository, service
from munbot_conversations.tenants.models import Tenant
from munbot_conversations.tenants.rules import hours_text, parse_openings
from munbot_conversations.tenants.schemas import (
    OpeningItem,
    TenantAdmin,
    TenantChange,
    TenantCreate,
    TenantList,
    TenantPublic,
)

router = APIRouter(prefix="/v1", tags=["tenants"])
_PUBLIC = problem_responses(service.TenantUnknown)


@router.get("/public/tenants")
def list_tenants(session: SessionDep) -> TenantList:
    """List the municipalities."""
    return TenantList(items=[_public(tenant) for tenant in repository.active(session)])


@router.get("/public/tenants/{tenant_id}", responses=_PUBLIC)
def get_tenant(tenant_id: str, session: SessionDep) -> TenantPublic:
    """Return how a municipality presents itself."""
    return _public(service.require(session, tenant_id))


@router.get("/public/tenants/{tenant_id}/attention", responses=_PUBLIC)
def get_attention(tenant_id: str, session: SessionDep, clock: ClockDep) -> AttentionAnswer:
    """Say whether people answer now, and when they next do."""
    return attention_answer(service.require(session, tenant_id), clock())


@router.get("/tenant", responses=problem_responses(Unauthorized, Forbidden, service.TenantUnknown))
def get_own_tenant(principal: ReaderDep, session: SessionDep) -> TenantAdmin:
    """Return the caller's municipality with its settings."""
    return _admin(service.require(session, principal.tenant))


@router.patch("/tenant", responses=problem_responses(Unauthorized, Forbidden, service.TenantUnknown, Unprocessable))
def change_own_tenant(wish: TenantChange, principal: AdminDep, session: SessionDep, clock: ClockDep) -> TenantAdmin:
    """Change the caller's municipality."""
    return _admin(administration.change(session, principal, wish, clock))


@router.post(
    "/tenants",
    status_code=201,
    responses=problem_responses(Unauthorized, Forbidden, administration.TenantExists, Unprocessable),
)
def create_tenant(wish: TenantCreate, principal: ServiceDep, session: SessionDep) -> TenantAdmin:
    """Add a municipality, as the launcher does."""
    return _admin(administration.create(session, principal, wish))


def _public_fields(tenant: Tenant) -> dict[str, object]:
    return {
        "id": tenant.id,
        "name": tenant.name,
        "short_name": tenant.short_name,
        "timezone": tenant.timezone,
        "locale": tenant.locale,
        "colors": tenant.colors,
        "greeting": tenant.greeting,
        "address": tenant.address,
        "phone": tenant.phone,
        "attention_hours_text": hours_text(parse_openings(tenant.attention_hours)),
    }


def _public(tenant: Tenant) -> TenantPublic:
    return TenantPublic.model_validate(_public_fields(tenant))


def _admin(tenant: Tenant) -> TenantAdmin:
    return TenantAdmin.model_validate(
        {
            **_public_fields(tenant),
            "attention_hours": [OpeningItem.model_validate(item) for item in tenant.attention_hours],
            "holidays_country": tenant.holidays_country,
            "takeover_minutes": tenant.takeover_minutes,
        }
    )

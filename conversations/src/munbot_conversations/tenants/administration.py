"""Adding and changing tenants."""

from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import Conflict
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_conversations.audit.service import record
from munbot_conversations.tenants import service
from munbot_conversations.tenants.models import Tenant
from munbot_conversations.tenants.schemas import TenantChange, TenantCreate


class TenantExists(Conflict):
    """The slug is taken."""

    code = "tenant_exists"
    title = "Ya existe una municipalidad con ese identificador"


def create(session: Session, principal: Principal, wish: TenantCreate) -> Tenant:
    """Add a tenant.

    Raises:
        TenantExists: the slug is taken.
    """
    values = wish.model_dump()
    added = session.scalar(insert(Tenant).values(**values).on_conflict_do_nothing().returning(Tenant.id))
    if added is None:
        raise TenantExists
    tenant = service.require(session, wish.id)
    by = Principal(subject=principal.subject, role=principal.role, tenant=tenant.id)
    record(session, by, action="tenant.create", object_type="tenant", object_id=tenant.id, after=values)
    return tenant


def change(session: Session, principal: Principal, wish: TenantChange, clock: Clock) -> Tenant:
    """Change the caller's tenant.

    Raises:
        TenantUnknown: it is not there.
    """
    tenant = service.require(session, principal.tenant)
    values = wish.model_dump(exclude_none=True)
    before = {name: getattr(tenant, name) for name in values}
    for name, value in values.items():
        setattr(tenant, name, value)
    tenant.updated_at = clock()
    record(
        session,
        principal,
        action="tenant.change",
        object_type="tenant",
        object_id=tenant.id,
        before=before,
        after=values,
    )
    return tenant

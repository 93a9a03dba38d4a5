"""What the office is called and when its people answer."""

from datetime import datetime

from munbot_common.problems import NotFound
from sqlalchemy.orm import Session

from munbot_conversations.tenants import repository
from munbot_conversations.tenants.models import Tenant
from munbot_conversations.tenants.rules import Attention, attention, parse_openings


class TenantUnknown(NotFound):
    """No such municipality."""

    code = "tenant_unknown"
    title = "Esa municipalidad no existe"


def require(session: Session, tenant: str) -> Tenant:
    """Return an active tenant.

    Raises:
        TenantUnknown: there is none.
    """
    found = repository.get(session, tenant)
    if found is None:
        raise TenantUnknown
    return found


def attention_now(tenant: Tenant, at: datetime) -> Attention:
    """Return whether people of a tenant answer at `at`."""
    return attention(parse_openings(tenant.attention_hours), tenant.timezone, at, tenant.holidays_country)


def attention_of(session: Session, tenant: str, at: datetime) -> Attention:
    """Return whether people of a tenant answer at `at`."""
    return attention_now(require(session, tenant), at)

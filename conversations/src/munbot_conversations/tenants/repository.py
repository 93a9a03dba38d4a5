"""Queries on tenants."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_conversations.tenants.models import Tenant


def get(session: Session, tenant: str) -> Tenant | None:
    """Return an active tenant."""
    return session.scalar(select(Tenant).where(Tenant.id == tenant, Tenant.active))


def exists(session: Session, tenant: str) -> bool:
    """Tell whether a tenant is there and active."""
    return session.scalar(select(Tenant.id).where(Tenant.id == tenant, Tenant.active)) is not None


def active(session: Session) -> Sequence[Tenant]:
    """Return all active tenants by name."""
    return session.scalars(select(Tenant).where(Tenant.active).order_by(Tenant.name)).all()

"""Queries on agents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from munbot_conversations.agents.models import Agent


def get(session: Session, tenant: str, agent_id: UUID) -> Agent | None:
    """Return an agent of this tenant, active or not."""
    return session.scalar(select(Agent).where(Agent.id == agent_id, Agent.tenant_id == tenant))


def standing(session: Session, tenant: str, agent_id: UUID) -> Row[str, bool, int] | None:
    """Return an agent's role, whether they are active, and which of their sessions count."""
    return session.execute(
        select(Agent.role, Agent.active, Agent.session_version).where(Agent.id == agent_id, Agent.tenant_id == tenant)
    ).first()


def lock_all_admins(session: Session, tenant: str) -> Sequence[Agent]:
    """Return the active administrators of a tenant, locked: two of them may not remove each other at once."""
    return session.scalars(
        select(Agent)
        .where(Agent.tenant_id == tenant, Agent.role == "admin", Agent.active)
        .order_by(Agent.id)
        .with_for_update()
    ).all()


def by_email(session: Session, tenant: str, email: str) -> Agent | None:
    """Return the agent who logs in with this e-mail."""
    return session.scalar(select(Agent).where(Agent.tenant_id == tenant, Agent.email == email))


def all_of(session: Session, tenant: str) -> Sequence[Agent]:
    """Return all agents of a tenant by name."""
    return session.scalars(select(Agent).where(Agent.tenant_id == tenant).order_by(func.lower(Agent.name))).all()

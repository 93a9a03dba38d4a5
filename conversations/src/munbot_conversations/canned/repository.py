"""Queries on canned answers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from munbot_conversations.canned.models import CannedAnswer


def all_of(session: Session, tenant: str) -> Sequence[CannedAnswer]:
    """Return a tenant's canned answers by title."""
    return session.scalars(
        select(CannedAnswer).where(CannedAnswer.tenant_id == tenant).order_by(CannedAnswer.title_key)
    ).all()


def count(session: Session, tenant: str) -> int:
    """Return how many a tenant has."""
    return session.scalar(select(func.count()).where(CannedAnswer.tenant_id == tenant)) or 0


def lock(session: Session, tenant: str, canned_id: UUID) -> CannedAnswer | None:
    """Return one of this tenant, locked."""
    return session.scalar(
        select(CannedAnswer).where(CannedAnswer.id == canned_id, CannedAnswer.tenant_id == tenant).with_for_update()
    )

"""Queries about the audit trail."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_scheduler.audit.models import AuditEntry


def entries(session: Session, tenant: str, object_type: str, object_id: UUID) -> Sequence[AuditEntry]:
    """Return what happened to one thing, in order."""
    return session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.tenant_id == tenant,
            AuditEntry.object_type == object_type,
            AuditEntry.object_id == object_id,
        )
        .order_by(AuditEntry.id)
        .limit(500)
    ).all()

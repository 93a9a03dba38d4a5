"""Queries on the audit log."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_conversations.audit.models import AuditEntry


def page(
    session: Session, *, tenant: str, before: int | None, object_id: str | None, limit: int
) -> Sequence[AuditEntry]:
    """Return entries older than `before`, newest first."""
    statement = select(AuditEntry).where(AuditEntry.tenant_id == tenant)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    if object_id is not None:
        statement = statement.where(AuditEntry.object_id == object_id)
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()

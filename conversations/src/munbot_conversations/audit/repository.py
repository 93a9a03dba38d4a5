"""Queries on the audit log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_conversations.audit.models import AuditEntry, AuditHead

BATCH = 1_000


def lock_head(session: Session, tenant: str) -> str:
    """Lock the end of a tenant's chain until the transaction ends, and return its hash."""
    session.execute(pg_insert(AuditHead).values(tenant_id=tenant).on_conflict_do_nothing())
    return session.execute(select(AuditHead.hash).where(AuditHead.tenant_id == tenant).with_for_update()).scalar_one()


def append(session: Session, *, tenant: str, at: datetime, digest: str, fields: Mapping[str, Any]) -> None:
    """Add an entry to a chain whose end is locked."""
    added = insert(AuditEntry).values(tenant_id=tenant, at=at, hash=digest, **fields).returning(AuditEntry.id)
    entry_id = session.execute(added).scalar_one()
    session.execute(
        update(AuditHead)
        .where(AuditHead.tenant_id == tenant)
        .values(entries=AuditHead.entries + 1, last_id=entry_id, hash=digest)
        .execution_options(synchronize_session=False)
    )


def head(session: Session, tenant: str) -> Row[int, int, str] | None:
    """Return how many entries a tenant has, the last one's id, and its hash."""
    return session.execute(
        select(AuditHead.entries, AuditHead.last_id, AuditHead.hash).where(AuditHead.tenant_id == tenant)
    ).first()


def all_until(session: Session, tenant: str, last_id: int) -> Iterable[Row[Any]]:
    """Give the columns of a tenant's entries up to one, oldest first, without holding them all."""
    return session.execute(
        select(*AuditEntry.__table__.columns)
        .where(AuditEntry.tenant_id == tenant, AuditEntry.id <= last_id)
        .order_by(AuditEntry.id)
        .execution_options(yield_per=BATCH)
    )


def page(
    session: Session,
    *,
    tenant: str,
    before: int | None,
    object_type: str | None,
    object_id: str | None,
    actor: str | None,
    action: str | None,
    limit: int,
) -> Sequence[AuditEntry]:
    """Return entries older than `before`, newest first."""
    statement = select(AuditEntry).where(AuditEntry.tenant_id == tenant)
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    for column, value in (
        (AuditEntry.object_type, object_type),
        (AuditEntry.object_id, object_id),
        (AuditEntry.actor, actor),
        (AuditEntry.action, action),
    ):
        if value is not None:
            statement = statement.where(column == value)
    return session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)).all()

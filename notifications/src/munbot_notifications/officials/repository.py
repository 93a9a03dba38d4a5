"""Queries about officials and the digest."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_notifications.officials.models import DigestItem, OfficeRules, Official


def listening(session: Session, tenants: Collection[str]) -> Sequence[Official]:
    """Return who of these municipalities hears of anything."""
    query = select(Official).where(Official.tenant_id.in_(tenants), Official.active)
    return session.scalars(query.order_by(Official.id)).all() if tenants else []


def of_topic(session: Session, topic: str) -> Sequence[Official]:
    """Return who hears of a topic, in all municipalities."""
    return session.scalars(
        select(Official).where(Official.active, Official.topics.contains([topic])).order_by(Official.tenant_id)
    ).all()


def all_of(session: Session, tenant: str) -> Sequence[Official]:
    """Return the tenant's recipients."""
    return session.scalars(select(Official).where(Official.tenant_id == tenant).order_by(Official.id)).all()


def get(session: Session, tenant: str, official_id: UUID, *, lock: bool = False) -> Official | None:
    """Return one of the tenant's recipients; locked until the commit on request."""
    query = select(Official).where(Official.tenant_id == tenant, Official.id == official_id)
    return session.scalar(query.with_for_update() if lock else query)


def note(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep things for the digest, each once."""
    if rows:
        session.execute(pg_insert(DigestItem).values(list(rows)).on_conflict_do_nothing())


def noted(session: Session, tenant: str, unit: str, since: datetime, until: datetime) -> Sequence[DigestItem]:
    """Return what was noted in a stretch of time, of one unit or of all (empty)."""
    query = select(DigestItem).where(DigestItem.tenant_id == tenant, DigestItem.at >= since, DigestItem.at < until)
    if unit:
        query = query.where(DigestItem.unit == unit)
    return session.scalars(query.order_by(DigestItem.at)).all()


def purge_items(session: Session, before: datetime) -> None:
    """Forget what digests told long ago."""
    session.execute(delete(DigestItem).where(DigestItem.at < before))


def rules_of(session: Session, tenant: str, *, lock: bool = False) -> OfficeRules | None:
    """Return a municipality's own hours; locked until the commit on request."""
    return session.get(OfficeRules, tenant, with_for_update=lock)

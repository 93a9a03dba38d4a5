"""Queries on accounts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.deliveries.models import Part


def all_of(session: Session, tenant: str) -> Sequence[AccountRow]:
    """Return a tenant's accounts by name."""
    return session.scalars(select(AccountRow).where(AccountRow.tenant_id == tenant).order_by(AccountRow.name)).all()


def everyone(session: Session) -> Sequence[AccountRow]:
    """Return the accounts of all tenants, inactive ones too."""
    return session.scalars(select(AccountRow)).all()


def get(session: Session, tenant: str, slug: str, *, lock: bool = False) -> AccountRow | None:
    """Return a tenant's account."""
    wanted = select(AccountRow).where(AccountRow.tenant_id == tenant, AccountRow.slug == slug)
    return session.scalar(wanted.with_for_update() if lock else wanted)


def by_slug(session: Session, slug: str) -> AccountRow | None:
    """Return the account of any tenant."""
    return session.scalar(select(AccountRow).where(AccountRow.slug == slug))


def waiting_parts(session: Session, account_id: UUID) -> int:
    """Return how many messages wait to be sent."""
    open_states = Part.state.in_(("queued", "sending"))
    return session.scalar(select(func.count()).where(Part.account_id == account_id, open_states)) or 0


def note_inbound(session: Session, slug: str, at: datetime) -> None:
    """Note that the account received a message."""
    later = or_(AccountRow.last_inbound_at.is_(None), AccountRow.last_inbound_at < at)
    session.execute(update(AccountRow).where(AccountRow.slug == slug, later).values(last_inbound_at=at))

"""Queries on what the office sent."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries.models import Delivery, Part


def citizen(session: Session, account_id: UUID, address: str) -> Citizen | None:
    """Return a citizen, locked until the end of the transaction: a refusal that comes meanwhile waits, or is seen."""
    return session.get(Citizen, (account_id, address), with_for_update=True)


def delivery(session: Session, tenant: str, message_id: UUID) -> tuple[Delivery, str] | None:
    """Return a tenant's delivery and the name of its account."""
    found = session.execute(
        select(Delivery, AccountRow.slug)
        .join(AccountRow, AccountRow.id == Delivery.account_id)
        .where(Delivery.id == message_id, Delivery.tenant_id == tenant)
    ).first()
    return (found[0], found[1]) if found else None


def parts(session: Session, message_id: UUID) -> Sequence[Part]:
    """Return the parts of a delivery, in order."""
    return session.scalars(select(Part).where(Part.delivery_id == message_id).order_by(Part.number)).all()

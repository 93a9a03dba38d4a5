"""Queries on citizens."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.texts import Opt


def menus_of(session: Session, account_id: UUID, addresses: Collection[str]) -> Mapping[str, dict[str, Any]]:
    """Return the numbered options last sent to each of these citizens; those without any are left out."""
    rows = session.execute(
        select(Citizen.address, Citizen.menu).where(
            Citizen.account_id == account_id, Citizen.address.in_(addresses), Citizen.menu.is_not(None)
        )
    )
    return {row.address: row.menu for row in rows}


def note_inbound(
    session: Session, *, account_id: UUID, tenant: str, address: str, name: str | None, at: datetime
) -> None:
    """Note that a citizen wrote: the 24-hour window runs from then. Older news changes nothing."""
    new = insert(Citizen).values(
        account_id=account_id, address=address, tenant_id=tenant, name=name, last_inbound_at=at
    )
    session.execute(
        new.on_conflict_do_update(
            index_elements=[Citizen.account_id, Citizen.address],
            set_={
                "name": func.coalesce(new.excluded.name, Citizen.name),
                "last_inbound_at": func.greatest(Citizen.last_inbound_at, new.excluded.last_inbound_at),
            },
        )
    )


def note_opt(session: Session, *, account_id: UUID, address: str, opt: Opt, at: datetime) -> None:
    """Note that a known citizen refuses messages that the office begins, or wants them again."""
    values: dict[str, Any] = {"opted_out_at": at if opt == "out" else None}
    session.execute(
        update(Citizen).where(Citizen.account_id == account_id, Citizen.address == address).values(**values)
    )

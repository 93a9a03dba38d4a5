"""Queries about preferences and addresses that are not written to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_notifications.preferences.models import OptOut, Preference


def wanted(session: Session, tenant: str, keys: Sequence[str]) -> list[str] | None:
    """Return the order of channels of a person with these names, the best name first; None without one."""
    found = orders(session, [tenant], keys)
    return next((found[tenant, key] for key in keys if (tenant, key) in found), None)


def orders(session: Session, tenants: Collection[str], keys: Collection[str]) -> dict[tuple[str, str], list[str]]:
    """Return people's own orders of channels, by tenant and contact key."""
    if not keys:
        return {}
    query = select(Preference).where(Preference.tenant_id.in_(tenants), Preference.contact_key.in_(keys))
    return {(row.tenant_id, row.contact_key): row.channels for row in session.scalars(query)}


def refused_addresses(
    session: Session, tenants: Collection[str], addresses: Collection[str]
) -> frozenset[tuple[str, str, str]]:
    """Return which of these addresses are not written to, as (tenant, channel, address)."""
    if not addresses:
        return frozenset()
    query = select(OptOut.tenant_id, OptOut.channel, OptOut.address)
    rows = session.execute(query.where(OptOut.tenant_id.in_(tenants), OptOut.address.in_(addresses)))
    return frozenset((tenant, channel, address) for tenant, channel, address in rows)


def refused_places(session: Session, places: Collection[tuple[str, str, str]]) -> frozenset[tuple[str, str, str]]:
    """Return which of these are not written to, as (tenant, channel, address)."""
    if not places:
        return frozenset()
    key = tuple_(OptOut.tenant_id, OptOut.channel, OptOut.address)
    rows = session.execute(select(OptOut.tenant_id, OptOut.channel, OptOut.address).where(key.in_(list(places))))
    return frozenset((tenant, channel, address) for tenant, channel, address in rows)


def refuse(session: Session, tenant: str, channel: str, address: str, reason: str) -> UUID | None:
    """Note that an address is not written to from here on; return the refusal's id, None when it was noted before."""
    values = {"tenant_id": tenant, "channel": channel, "address": address, "reason": reason}
    statement = pg_insert(OptOut).values(**values)
    return session.scalar(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "channel", "address"],
            set_={"reason": statement.excluded.reason},
            where=OptOut.reason != statement.excluded.reason,
        ).returning(OptOut.id)
    )


def reason(session: Session, tenant: str, channel: str, address: str) -> str | None:
    """Return why an address is not written to, None when it is; locked until the commit."""
    query = select(OptOut.reason).where(
        OptOut.tenant_id == tenant, OptOut.channel == channel, OptOut.address == address
    )
    return session.scalar(query.with_for_update())


def opt_out(session: Session, tenant: str, opt_out_id: UUID) -> OptOut | None:
    """Return one of the tenant's refusals, locked until the commit."""
    query = select(OptOut).where(OptOut.tenant_id == tenant, OptOut.id == opt_out_id)
    return session.scalar(query.with_for_update())


def allow(session: Session, tenant: str, channel: str, address: str) -> bool:
    """Write to an address again; False when it was never refused."""
    statement = delete(OptOut).where(OptOut.tenant_id == tenant, OptOut.channel == channel, OptOut.address == address)
    return session.execute(statement.returning(OptOut.id)).first() is not None


def opt_outs(session: Session, tenant: str, *, before: UUID | None, limit: int) -> Sequence[OptOut]:
    """Return the tenant's newest refusals, older than `before`."""
    query = select(OptOut).where(OptOut.tenant_id == tenant).order_by(OptOut.id.desc()).limit(limit)
    return session.scalars(query if before is None else query.where(OptOut.id < before)).all()


def find(session: Session, tenant: str, key: str) -> Preference | None:
    """Return a contact's order of channels, locked until the commit."""
    query = select(Preference).where(Preference.tenant_id == tenant, Preference.contact_key == key)
    return session.scalar(query.with_for_update())


def put(session: Session, tenant: str, key: str, channels: list[str], now: datetime) -> UUID | None:
    """Set a contact's order of channels; return its id, None when it was the same before."""
    statement = pg_insert(Preference).values(tenant_id=tenant, contact_key=key, channels=channels, updated_at=now)
    return session.scalar(
        statement.on_conflict_do_update(
            index_elements=["tenant_id", "contact_key"],
            set_={"channels": channels, "updated_at": now},
            where=Preference.channels != statement.excluded.channels,
        ).returning(Preference.id)
    )


def forget(session: Session, tenant: str, key: str) -> Preference | None:
    """Remove a contact's order of channels and return it, None when there was none."""
    row = find(session, tenant, key)
    if row is not None:
        session.delete(row)
    return row

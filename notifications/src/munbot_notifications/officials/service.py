"""Recipients of the office, and its hours."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from munbot_common.auth import Principal
from pydantic import EmailStr, TypeAdapter, ValidationError
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_notifications.audit import difference, note
from munbot_notifications.channels.apprise import is_channel
from munbot_notifications.officials import repository
from munbot_notifications.officials.models import OfficeRules, Official
from munbot_notifications.officials.schemas import OfficialBody, OfficialChange, OfficialOut, RulesBody
from munbot_notifications.problems import AddressInvalid, OfficialExists, OfficialUnknown
from munbot_notifications.settings import CommonSettings
from munbot_notifications.vault import Vault, digest_of

_EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)
_NOTED = frozenset({"unit", "channel", "topics", "active"})
"""What of a recipient the audit log may hold: who it is, and where, is personal."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one recipient."""

    official_id: UUID
    body: OfficialChange
    now: datetime


def listed(session: Session, tenant: str, vault: Vault) -> list[OfficialOut]:
    """Return the tenant's recipients."""
    return [_shown(row, vault) for row in repository.all_of(session, tenant)]


@dataclass(frozen=True, slots=True)
class Sealing:
    """What makes an address fit to be kept: the vault, and the chats that the installation allows."""

    vault: Vault
    schemes: frozenset[str]


def add(session: Session, principal: Principal, body: OfficialBody, sealing: Sealing, now: datetime) -> OfficialOut:
    """Add a recipient.

    Raises:
        AddressInvalid: the address is none of its channel, or of a kind that the installation does not allow.
        OfficialExists: the address hears of that unit already.
    """
    row = Official(tenant_id=principal.tenant, created_at=now, updated_at=now, **_columns(body, sealing))
    shown = _stored(session, row, sealing.vault)
    note(session, principal, "official.added", row.id, now=now, after=_facts(row))
    return shown


def change(session: Session, principal: Principal, wish: Change, sealing: Sealing) -> OfficialOut:
    """Change a recipient.

    Raises:
        OfficialUnknown: no such recipient.
        AddressInvalid, OfficialExists: as `add`.
    """
    row = _require(session, principal.tenant, wish.official_id)
    before = _fields(row)
    if wish.body.address is None and wish.body.channel != row.channel:
        raise AddressInvalid
    for name, value in _columns(wish.body, sealing).items():
        setattr(row, name, value)
    row.updated_at = wish.now
    shown = _stored(session, row, sealing.vault)
    if changed := difference(before, _fields(row), shown=_NOTED):
        was, is_now = changed
        note(session, principal, "official.changed", row.id, now=wish.now, before=was, after=is_now)
    return shown


def remove(session: Session, principal: Principal, official_id: UUID, now: datetime) -> None:
    """Remove a recipient.

    Raises:
        OfficialUnknown: no such recipient.
    """
    row = _require(session, principal.tenant, official_id)
    session.delete(row)
    note(session, principal, "official.removed", row.id, now=now, before=_facts(row))


def rules(session: Session, tenant: str, settings: CommonSettings) -> RulesBody:
    """Return the municipality's hours, its own or the platform's."""
    return _rules(repository.rules_of(session, tenant), settings)


def put_rules(
    session: Session, principal: Principal, body: RulesBody, settings: CommonSettings, now: datetime
) -> RulesBody:
    """Set the municipality's own hours."""
    before = _rules(repository.rules_of(session, principal.tenant, lock=True), settings)
    values = {**body.model_dump(), "updated_at": now}
    statement = pg_insert(OfficeRules).values(tenant_id=principal.tenant, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    hours = body.model_dump(mode="json")
    if changed := difference(before.model_dump(mode="json"), hours, shown=frozenset(hours)):
        was, is_now = changed
        note(session, principal, "notice_rules.changed", principal.tenant, now=now, before=was, after=is_now)
    return body


def _rules(own: OfficeRules | None, settings: CommonSettings) -> RulesBody:
    if own is not None:
        return RulesBody(quiet_from=own.quiet_from, quiet_until=own.quiet_until, digest_at=own.digest_at)
    return RulesBody(
        quiet_from=time.fromisoformat(settings.quiet_from),
        quiet_until=time.fromisoformat(settings.quiet_until),
        digest_at=time.fromisoformat(settings.digest_at),
    )


def _columns(body: OfficialChange, sealing: Sealing) -> dict[str, object]:
    address = body.address
    fields = body.model_dump(exclude={"address"})
    if address is None:
        return fields
    if body.channel == "email":
        try:
            address = _EMAIL.validate_python(address).lower()
        except ValidationError as error:
            raise AddressInvalid from error
    elif not is_channel(address, sealing.schemes):
        raise AddressInvalid
    return {**fields, "address": sealing.vault.seal(address), "address_hash": digest_of(address)}


def _stored(session: Session, row: Official, vault: Vault) -> OfficialOut:
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise OfficialExists from error
    return _shown(row, vault)


def _require(session: Session, tenant: str, official_id: UUID) -> Official:
    row = repository.get(session, tenant, official_id, lock=True)
    if row is None:
        raise OfficialUnknown
    return row


def _fields(row: Official) -> dict[str, Any]:
    """Return what an administrator can change, to be compared; only `_NOTED` may be written down."""
    return {
        "name": row.name,
        "unit": row.unit,
        "channel": row.channel,
        "address": row.address_hash,
        "topics": sorted(row.topics),
        "active": row.active,
    }


def _facts(row: Official) -> dict[str, Any]:
    return {name: value for name, value in _fields(row).items() if name in _NOTED}


def _shown(row: Official, vault: Vault) -> OfficialOut:
    address = vault.open(row.address)
    fields = {name: getattr(row, name) for name in OfficialOut.model_fields if name != "address"}
    shown = address if row.channel == "email" else f"{address.partition('://')[0]}://…"
    return OfficialOut.model_validate({**fields, "address": shown})

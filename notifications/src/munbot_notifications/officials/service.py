"""Recipients of the office, and its hours."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from pydantic import EmailStr, TypeAdapter, ValidationError
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_notifications.channels.apprise import is_channel
from munbot_notifications.officials import repository
from munbot_notifications.officials.models import OfficeRules, Official
from munbot_notifications.officials.schemas import OfficialBody, OfficialChange, OfficialOut, RulesBody
from munbot_notifications.problems import AddressInvalid, OfficialExists, OfficialUnknown
from munbot_notifications.settings import CommonSettings
from munbot_notifications.vault import Vault, digest_of

_EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)


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


def add(session: Session, tenant: str, body: OfficialBody, sealing: Sealing, now: datetime) -> OfficialOut:
    """Add a recipient.

    Raises:
        AddressInvalid: the address is none of its channel, or of a kind that the installation does not allow.
        OfficialExists: the address hears of that unit already.
    """
    row = Official(tenant_id=tenant, created_at=now, updated_at=now, **_columns(body, sealing))
    return _stored(session, row, sealing.vault)


def change(session: Session, tenant: str, wish: Change, sealing: Sealing) -> OfficialOut:
    """Change a recipient.

    Raises:
        OfficialUnknown: no such recipient.
        AddressInvalid, OfficialExists: as `add`.
    """
    row = _require(session, tenant, wish.official_id)
    if wish.body.address is None and wish.body.channel != row.channel:
        raise AddressInvalid
    for name, value in _columns(wish.body, sealing).items():
        setattr(row, name, value)
    row.updated_at = wish.now
    return _stored(session, row, sealing.vault)


def remove(session: Session, tenant: str, official_id: UUID) -> None:
    """Remove a recipient.

    Raises:
        OfficialUnknown: no such recipient.
    """
    session.delete(_require(session, tenant, official_id))


def rules(session: Session, tenant: str, settings: CommonSettings) -> RulesBody:
    """Return the municipality's hours, its own or the platform's."""
    own = repository.rules_of(session, tenant)
    if own is not None:
        return RulesBody(quiet_from=own.quiet_from, quiet_until=own.quiet_until, digest_at=own.digest_at)
    return RulesBody(
        quiet_from=time.fromisoformat(settings.quiet_from),
        quiet_until=time.fromisoformat(settings.quiet_until),
        digest_at=time.fromisoformat(settings.digest_at),
    )


def put_rules(session: Session, tenant: str, body: RulesBody, now: datetime) -> RulesBody:
    """Set the municipality's own hours."""
    values = {**body.model_dump(), "updated_at": now}
    statement = pg_insert(OfficeRules).values(tenant_id=tenant, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    return body


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
    row = repository.get(session, tenant, official_id)
    if row is None:
        raise OfficialUnknown
    return row


def _shown(row: Official, vault: Vault) -> OfficialOut:
    address = vault.open(row.address)
    fields = {name: getattr(row, name) for name in OfficialOut.model_fields if name != "address"}
    shown = address if row.channel == "email" else f"{address.partition('://')[0]}://…"
    return OfficialOut.model_validate({**fields, "address": shown})

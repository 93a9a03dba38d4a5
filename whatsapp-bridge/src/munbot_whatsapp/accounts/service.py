"""Adding, changing and asking after accounts."""

from datetime import datetime

from munbot_common.auth import Principal
from munbot_common.logs import get_logger
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from munbot_whatsapp.accounts import audit, repository, rules
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.schemas import AccountChange, AccountCreate
from munbot_whatsapp.accounts.vault import Vault, VaultLocked
from munbot_whatsapp.problems import AccountInUse, AccountUnknown, ReferenceTaken, SlugTaken
from munbot_whatsapp.providers.base import Provider

log = get_logger("whatsapp.accounts")


def require(session: Session, tenant: str, slug: str, *, lock: bool = False) -> AccountRow:
    """Return an account of the tenant.

    Raises:
        AccountUnknown: there is none.
    """
    row = repository.get(session, tenant, slug, lock=lock)
    if row is None:
        raise AccountUnknown
    return row


def create(
    session: Session,
    principal: Principal,
    wish: AccountCreate,
    *,
    provider: Provider,
    vault: Vault,
    allowed_hosts: frozenset[str],
    now: datetime,
) -> AccountRow:
    """Add an account to the caller's tenant.

    Raises:
        CredentialsInvalid: not those of the provider.
        HostRefused: an address that is not allowed.
        OptionsInvalid: options that cannot be used.
        SlugTaken: another account has that name.
        ReferenceTaken: another account is that number.
    """
    credentials = _plain(wish.credentials)
    base_url = wish.base_url or provider.default_base_url.rstrip("/")
    rules.check_credentials(provider, credentials)
    rules.check_base_url(provider, base_url, allowed_hosts)
    rules.check_options(wish.options)
    row = AccountRow(
        tenant_id=principal.tenant,
        slug=wish.slug,
        name=wish.name,
        provider=wish.provider,
        provider_ref=wish.provider_ref,
        base_url=base_url,
        credentials=vault.seal(credentials),
        options=wish.options,
        active=True,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise (SlugTaken if repository.by_slug(session, wish.slug) else ReferenceTaken) from error
    session.refresh(row)
    audit.note(session, principal, "created", row, now=now, after=audit.facts(row, now))
    log.info("account_created", account=row.slug, provider=row.provider, by=principal.subject)
    return row


def change(
    session: Session,
    principal: Principal,
    row: AccountRow,
    wish: AccountChange,
    *,
    provider: Provider,
    vault: Vault,
    allowed_hosts: frozenset[str],
    now: datetime,
) -> AccountRow:
    """Change an account that the caller has locked. What had been stopped or paused is tried again.

    Raises:
        CredentialsInvalid: not those of the provider.
        HostRefused: an address that is not allowed.
        OptionsInvalid: options that cannot be used.
    """
    credentials = _kept(row, vault)
    old = audit.fields(row, credentials, now)
    if wish.credentials is not None:
        credentials |= _plain(wish.credentials)
        rules.check_credentials(provider, credentials)
        row.credentials = vault.seal(credentials)
    if wish.base_url is not None and wish.base_url != row.base_url:
        rules.check_base_url(provider, wish.base_url, allowed_hosts)
        row.base_url = wish.base_url
    if wish.options is not None:
        rules.check_options(wish.options)
        row.options = wish.options
    row.name = wish.name or row.name
    row.active = row.active if wish.active is None else wish.active
    row.stopped_reason = row.paused_until = None
    row.version += 1
    row.updated_at = now
    if changed := audit.difference(old, audit.fields(row, credentials, now)):
        before, after = changed
        audit.note(session, principal, "changed", row, now=now, before=before, after=after)
    log.info(
        "account_changed", account=row.slug, changed=sorted(wish.model_dump(exclude_none=True)), by=principal.subject
    )
    return row


def remove(session: Session, principal: Principal, row: AccountRow, now: datetime) -> None:
    """Remove an account from which nothing was ever sent.

    Raises:
        AccountInUse: something was.
    """
    before = audit.facts(row, now)
    try:
        with session.begin_nested():
            session.delete(row)
    except IntegrityError as error:
        raise AccountInUse from error
    audit.note(session, principal, "removed", row, now=now, before=before)
    log.info("account_removed", account=row.slug, by=principal.subject)


def _kept(row: AccountRow, vault: Vault) -> dict[str, str]:
    """Return the stored credentials; those that another key sealed are lost, and have to be given anew."""
    try:
        return vault.open(row.credentials)
    except VaultLocked:
        return {}


def _plain(credentials: dict[str, SecretStr]) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in credentials.items()}

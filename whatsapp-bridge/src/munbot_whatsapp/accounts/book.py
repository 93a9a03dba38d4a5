"""The accounts as they are used: opened, and kept in memory for a few seconds."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from sqlalchemy.exc import SQLAlchemyError

from munbot_whatsapp.accounts import repository
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.vault import Vault, VaultLocked
from munbot_whatsapp.providers.base import Account

log = get_logger("whatsapp.accounts")

MAX_AGE_SECONDS = 10.0
MISS_SECONDS = 1.0
"""A name that is not known is looked for in the database, but not more often than this."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account as its provider is spoken to, and what our table says of it."""

    id: UUID
    account: Account
    active: bool
    paused_until: datetime | None
    stopped_reason: str | None


class AccountBook:
    """All accounts of the installation, at most `max_age` seconds old; safe in many threads.

    There are few of them, so they are read together: a name that nobody has costs no query of its own. While the
    database is away, what was known stays known: messages can still be taken in.

    Args:
        session_factory: the database.
        vault: opens the credentials.
        max_age: seconds.
        monotonic: for tests.
    """

    def __init__(
        self,
        session_factory: SessionFactory,
        vault: Vault,
        *,
        max_age: float = MAX_AGE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._factory = session_factory
        self._vault = vault
        self._max_age = max_age
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._by_slug: Mapping[str, KnownAccount] = {}
        self._by_ref: Mapping[tuple[str, str], KnownAccount] = {}
        self._read_at: float | None = None

    def by_slug(self, slug: str) -> KnownAccount | None:
        """Return the account of this name, active or not.

        Raises:
            OperationalError: the database is away and nothing was known yet.
        """
        self._refresh(self._max_age)
        if slug not in self._by_slug:
            self._refresh(MISS_SECONDS)
        return self._by_slug.get(slug)

    def by_ref(self, provider: str, ref: str) -> KnownAccount | None:
        """Return the account that is this number at this provider, active or not; raises as `by_slug`."""
        self._refresh(self._max_age)
        if (provider, ref) not in self._by_ref:
            self._refresh(MISS_SECONDS)
        return self._by_ref.get((provider, ref))

    def answers_at_once(self, slug: str) -> bool:
        """Whether `by_slug` would need no query now."""
        return self._age() < (self._max_age if slug in self._by_slug else MISS_SECONDS)

    def forget(self) -> None:
        """Read anew at the next question."""
        self._read_at = None

    def _age(self) -> float:
        read_at = self._read_at
        return float("inf") if read_at is None else self._monotonic() - read_at

    def _refresh(self, max_age: float) -> None:
        if self._age() < max_age:
            return
        with self._lock:
            if self._age() < max_age:
                return
            began = self._monotonic()
            try:
                with unit_of_work(self._factory) as session:
                    known = [found for row in repository.everyone(session) if (found := self._open(row)) is not None]
            except SQLAlchemyError as error:
                if not self._by_slug:
                    raise
                log.warning("accounts_not_refreshed", kind=type(error).__name__)
                self._read_at = began
                return
            self._by_ref = {(item.account.provider, item.account.provider_ref): item for item in known}
            self._by_slug = {item.account.slug: item for item in known}
            self._read_at = began

    def _open(self, row: AccountRow) -> KnownAccount | None:
        try:
            account = opened(row, self._vault)
        except VaultLocked:
            log.error("account_unreadable", account=row.slug)
            return None
        return KnownAccount(row.id, account, row.active, row.paused_until, row.stopped_reason)


def opened(row: AccountRow, vault: Vault) -> Account:
    """Return an account as its provider is spoken to.

    Raises:
        VaultLocked: its credentials were sealed with another key.
    """
    return Account(
        slug=row.slug,
        tenant=row.tenant_id,
        provider=row.provider,
        provider_ref=row.provider_ref,
        base_url=row.base_url,
        credentials=vault.open(row.credentials),
        options=row.options,
    )

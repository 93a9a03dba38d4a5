"""What the routes of accounts work with, and how an account is shown."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from munbot_common.clock import Clock

from munbot_whatsapp.accounts.book import AccountBook, opened
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.rules import state_of
from munbot_whatsapp.accounts.schemas import AccountCreate, AccountHealth, AccountItem, Probe
from munbot_whatsapp.accounts.vault import Vault, VaultLocked
from munbot_whatsapp.providers.base import Provider, SendFailed
from munbot_whatsapp.settings import ApiSettings

UNREADABLE = "credentials_unreadable"
"""The installation's key was changed since they were saved: they have to be given anew."""


@dataclass(frozen=True, slots=True)
class Views:
    """Settings, keys and providers, and what is made of them for an answer."""

    settings: ApiSettings
    vault: Vault
    book: AccountBook
    provider: Callable[[str], Provider]
    clock: Clock

    @classmethod
    def of(cls, app: FastAPI) -> "Views":
        """Return those of an application."""
        state = app.state
        return cls(state.settings, state.vault, state.book, state.provider, state.clock)

    def tools(self, provider: str) -> dict[str, Any]:
        """Return what `service.create` and `service.change` need beside the wish."""
        hosts = self.settings.provider_hosts()
        return {"provider": self.provider(provider), "vault": self.vault, "allowed_hosts": hosts}

    def item(self, row: AccountRow) -> AccountItem:
        """Return an account as officials see it."""
        shown = {name: getattr(row, name) for name in AccountItem.model_fields if hasattr(row, name)}
        return AccountItem.model_validate(
            shown
            | {
                "webhook_url": row.options.get("webhook_url") or self._webhook_url(row),
                "credentials": self._credential_names(row),
                "state": state_of(row, self.clock()),
            }
        )

    def health(self, row: AccountRow, *, probe: Probe | None, waiting: int) -> AccountHealth:
        """Return how an account is."""
        shown = {name: getattr(row, name) for name in AccountHealth.model_fields if hasattr(row, name)}
        return AccountHealth.model_validate(
            shown | {"state": state_of(row, self.clock()), "probe": probe, "waiting": waiting}
        )

    def probe(self, row: AccountRow) -> Probe:
        """Ask the provider whether the credentials are good."""
        try:
            self.provider(row.provider).probe(opened(row, self.vault))
        except VaultLocked:
            return Probe(ok=False, code=UNREADABLE)
        except SendFailed as error:
            return Probe(ok=False, code=error.code)
        return Probe(ok=True)

    def forget(self) -> None:
        """Let webhooks see the change soon."""
        self.book.forget()

    def _webhook_url(self, row: AccountRow) -> str:
        return f"{self.settings.public_url.rstrip('/')}/webhooks/whatsapp/{row.provider}/{row.slug}"

    def _credential_names(self, row: AccountRow) -> list[str]:
        try:
            return sorted(self.vault.open(row.credentials))
        except VaultLocked:
            return []

    @staticmethod
    def fingerprint(wish: AccountCreate) -> dict[str, Any]:
        """Return what makes two requests the same, without any credential in the clear."""
        secrets = sorted((name, value.get_secret_value()) for name, value in wish.credentials.items())
        digest = hashlib.sha256(repr(secrets).encode()).hexdigest()
        return wish.model_dump(mode="json", exclude={"credentials"}) | {"credentials": digest}

"""Credentials at rest: encrypted and authenticated (Fernet: AES-128-CBC with HMAC-SHA256)."""

import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultLocked(Exception):
    """The key does not open what was sealed, or is no key at all."""


class Vault:
    """Seals and opens credentials.

    Args:
        key: a Fernet key; or several with commas between them, of which the first seals and all open, so that a key
            can be changed without losing what is stored.

    Raises:
        VaultLocked: not a Fernet key.
    """

    def __init__(self, key: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(part.strip()) for part in key.split(",")])
        except ValueError as error:
            msg = "WHATSAPP_KEY is not a Fernet key: 32 bytes in URL-safe base64"
            raise VaultLocked(msg) from error

    def seal(self, credentials: Mapping[str, str]) -> bytes:
        """Return credentials as they are stored."""
        return self._fernet.encrypt(json.dumps(dict(credentials)).encode())

    def open(self, sealed: bytes) -> dict[str, str]:
        """Return stored credentials in the clear.

        Raises:
            VaultLocked: sealed with another key, or damaged.
        """
        try:
            opened: dict[str, str] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as error:
            msg = "sealed with another key"
            raise VaultLocked(msg) from error
        return opened

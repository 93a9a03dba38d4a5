"""Encryption of what this service keeps or hands out: officials' channels, secrets of webhooks, citizens' links."""

import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken


class Vault:
    """Encrypts and decrypts with one Fernet key.

    Args:
        key: the secret `notifications_key`.
    """

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key.encode())

    def seal(self, text: str) -> str:
        """Return a text encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was encrypted.

        Raises:
            ValueError: it was not encrypted with this key.
        """
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            msg = "not sealed with this key"
            raise ValueError(msg) from error

    def seal_values(self, purpose: str, **values: str) -> str:
        """Return values encrypted for one purpose, safe in a URL."""
        return self.seal(json.dumps({"for": purpose, **values}, ensure_ascii=False))

    def open_values(self, purpose: str, sealed: str) -> dict[str, Any]:
        """Return the values that were encrypted for this purpose.

        Raises:
            ValueError: not ours, or for another purpose.
        """
        values: dict[str, Any] = json.loads(self.open(sealed))
        if values.pop("for", None) != purpose:
            msg = "sealed for another purpose"
            raise ValueError(msg)
        return values


def digest_of(text: str) -> str:
    """Return the SHA-256 of an address, by which two alike are found."""
    return hashlib.sha256(text.encode()).hexdigest()

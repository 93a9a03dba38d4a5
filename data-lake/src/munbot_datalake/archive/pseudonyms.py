"""Pseudonyms: the same person has the same one within a tenant, and nobody finds the person without the key."""

import hashlib
import hmac
import re

_NOT_SIGNIFICANT = re.compile(r"[\s.\-+()]")
_BYTES = 16


class Pseudonyms:
    """Makes pseudonyms with the instance's key (HMAC-SHA-256, RFC 2104, cut to 128 bits).

    A new key makes new pseudonyms: what was archived before no longer meets what comes after.
    """

    def __init__(self, key: str) -> None:
        if len(key) < 32:
            msg = "PSEUDONYM_KEY must have at least 32 characters"
            raise ValueError(msg)
        self._key = key.encode()

    def of(self, tenant: str, value: str) -> str:
        """Return the pseudonym of a RUT, a telephone number or an address; how it is written does not matter."""
        plain = _NOT_SIGNIFICANT.sub("", value).upper()
        return hmac.new(self._key, f"{tenant}\0{plain}".encode(), hashlib.sha256).hexdigest()[: 2 * _BYTES]

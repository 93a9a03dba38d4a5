"""Comparisons that take the same time whatever they find."""

import hashlib
import hmac

from munbot_whatsapp.providers.base import Account, SignatureInvalid


def same(one: str, other: str) -> bool:
    """Whether two strings are the same, in constant time; never true of empty ones."""
    return bool(one) and hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def secret_of(account: Account, name: str) -> bytes:
    """Return the secret that signs; raises SignatureInvalid without one, as anybody can sign with an empty secret."""
    secret = account.credentials.get(name)
    if not secret:
        msg = f"the account has no {name}"
        raise SignatureInvalid(msg)
    return secret.encode()


def require_sha256(secret: bytes, signed: bytes, given: str) -> None:
    """Raise SignatureInvalid unless `given` is the HMAC-SHA256 of `signed`, in hex."""
    if not same(hmac.new(secret, signed, hashlib.sha256).hexdigest(), given.lower()):
        msg = "the signature is another one"
        raise SignatureInvalid(msg)

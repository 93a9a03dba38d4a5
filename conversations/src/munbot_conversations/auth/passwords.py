"""Argon2id password hashes."""

from functools import cache

from pwdlib import PasswordHash


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept."""
    return _hasher().hash(password)


def verify_password(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Tell whether a password is right; takes as long when there is no hash to compare with.

    Returns:
        Whether it is right, and a new hash when the old one is of outdated strength.
    """
    right, renewed = _hasher().verify_and_update(password, hashed or _decoy())
    return right and hashed is not None, renewed if hashed is not None else None

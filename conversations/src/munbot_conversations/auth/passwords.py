"""Argon2id password hashes.

Strength after OWASP's Password Storage Cheat Sheet (19 MiB, two passes, one lane). At most four are computed at once:
a burst of logins waits instead of filling the memory.
"""

from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_AT_ONCE = BoundedSemaphore(4)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


@cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the hash under which a password is kept."""
    with _AT_ONCE:
        return _hasher().hash(password)


def verify_password(password: str, hashed: str | None) -> tuple[bool, str | None]:
    """Tell whether a password is right; takes as long when there is no hash to compare with.

    Returns:
        Whether it is right, and a new hash when the old one is of outdated strength.
    """
    with _AT_ONCE:
        right, renewed = _hasher().verify_and_update(password, hashed or _decoy())
    return right and hashed is not None, renewed if hashed is not None else None

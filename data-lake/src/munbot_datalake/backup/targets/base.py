"""What a target can do. Names are relative to the instance's own place in it, with `/` between their parts."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from munbot_datalake.backup.manifest import Part
from munbot_datalake.backup.problems import BackupUnusable

__all__ = ["BLOBS", "CHUNK", "Target", "blob_name", "checked", "counted"]

CHUNK = 1024 * 1024
BLOBS = "blobs"


class Target(Protocol):
    """A place for files. What was put is whole or not there."""

    def put(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Write a file and return its size and hash."""

    def put_blob(self, chunks: Iterable[bytes]) -> tuple[Part, bool]:
        """Write contents under their own hash; tells whether they are new here."""

    def get(self, name: str) -> Iterator[bytes]:
        """Read a file.

        Raises:
            BackupUnusable: there is none.
        """

    def size(self, name: str) -> int | None:
        """Return a file's size, or None without one."""

    def names(self, prefix: str) -> Iterator[str]:
        """Give all names that begin with `prefix`, which ends at a `/`."""

    def blob_ages(self) -> Iterator[tuple[str, float]]:
        """Give each blob's hash and its age in seconds."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is fine."""


def blob_name(sha256: str) -> str:
    """Return where contents with this hash lie."""
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


def counted(chunks: Iterable[bytes], digest: "hashlib._Hash", sizes: list[int]) -> Iterator[bytes]:
    """Pass chunks on, while their hash and sizes are taken."""
    for chunk in chunks:
        digest.update(chunk)
        sizes.append(len(chunk))
        yield chunk


def checked(chunks: Iterable[bytes], part: Part, name: str) -> Iterator[bytes]:
    """Pass chunks on, and stop with an error at the end unless they are what was written.

    Raises:
        BackupUnusable: size or hash differ.
    """
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        size += len(chunk)
        yield chunk
    if size != part.size:
        raise BackupUnusable(f"{name} has {size} bytes instead of {part.size}: the backup was cut off or altered")
    if digest.hexdigest() != part.sha256:
        raise BackupUnusable(f"{name} was altered: its SHA-256 is another")

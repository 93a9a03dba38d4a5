"""A GGUF file on disk: what identifies it, and whether it is what was promised. Standard library only: the child's."""

import hashlib
from pathlib import Path

MAGIC = b"GGUF"


def fingerprint(path: Path) -> str:
    """Return what changes when the file is replaced or written to: device, inode, size, time of change.

    Raises:
        OSError: there is no such file, or it may not be read.
    """
    stat = path.stat()
    return f"{stat.st_dev}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}"


def sha256_of(path: Path) -> str:
    """Return the file's SHA-256 in hexadecimal, read in pieces (1 GB takes 1 to 3 s)."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_gguf(path: Path) -> bool:
    """Return whether the file begins as GGUF does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC

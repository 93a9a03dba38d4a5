"""Secrets in a backup are sealed to a recovery key (age, X25519), whose private half is kept elsewhere."""

import io
import tarfile
from pathlib import Path

import pyrage

from munbot_datalake.backup.problems import NoRecoveryKey

__all__ = ["RECIPIENT_FILE", "new_key", "open_seal", "recipient_of", "seal", "unpack"]

RECIPIENT_FILE = "recovery_recipient"
_LARGEST = 1024 * 1024


def new_key() -> tuple[str, str]:
    """Make a recovery key; returns its private and its public half."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_of(private: str) -> str:
    """Return the public half of a key.

    Args:
        private: the key, or a file of it: lines that begin with `#` are comments.

    Raises:
        NoRecoveryKey: it is none.
    """
    return str(_identity(private).to_public())


def seal(folder: Path, recipient: str) -> bytes:
    """Pack the files of a folder, not those of its folders, so that the recovery key alone opens them.

    Raises:
        NoRecoveryKey: the recipient is no public key of age.
    """
    try:
        to = pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError as error:
        raise NoRecoveryKey("the recovery key's public half is none: it begins with age1") from error
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                entry = tarfile.TarInfo(path.name)
                content = path.read_bytes()
                entry.size, entry.mode, entry.mtime = len(content), 0o600, int(path.stat().st_mtime)
                archive.addfile(entry, io.BytesIO(content))
    return bytes(pyrage.encrypt(packed.getvalue(), [to]))


def open_seal(sealed: bytes, private: str) -> dict[str, bytes]:
    """Return the files of a seal by name.

    Raises:
        NoRecoveryKey: the key is another one, or the seal was altered.
    """
    try:
        packed = bytes(pyrage.decrypt(sealed, [_identity(private)]))
    except pyrage.DecryptError as error:
        raise NoRecoveryKey("this recovery key does not open the backup's secrets") from error
    files: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            if content is None or "/" in entry.name or entry.name.startswith(".") or entry.size > _LARGEST:
                raise NoRecoveryKey("the backup's secrets hold something that is no secret")
            files[entry.name] = content.read()
    return files


def unpack(files: dict[str, bytes], folder: Path) -> None:
    """Write files into a folder, each readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_bytes(content)


def _identity(private: str) -> pyrage.x25519.Identity:
    lines = [line.strip() for line in private.splitlines()]
    key = next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "")
    try:
        return pyrage.x25519.Identity.from_str(key)
    except pyrage.IdentityError as error:
        raise NoRecoveryKey("that is no recovery key: it begins with AGE-SECRET-KEY-") from error

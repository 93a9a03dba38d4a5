"""A folder, such as a mounted disk of another machine."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from munbot_datalake.backup.manifest import Part
from munbot_datalake.backup.problems import BackupError, BackupUnusable
from munbot_datalake.backup.targets.base import BLOBS, CHUNK, blob_name, counted

__all__ = ["FolderTarget"]

_PARTIAL = ".partial-"


class FolderTarget:
    """Files below `<folder>/<namespace>`, readable by their owner alone."""

    def __init__(self, folder: str, namespace: str) -> None:
        self.root = Path(folder) / namespace
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise BackupError(f"{self.root} cannot be made: {error.strerror}") from error

    def put(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Write beside, flush to the disk, and rename."""
        part, file = self._write(chunks)
        self._settle(file, self.root / name)
        return part

    def put_blob(self, chunks: Iterable[bytes]) -> tuple[Part, bool]:
        """Write beside, and rename to the hash unless that is there."""
        part, file = self._write(chunks)
        path = self.root / blob_name(part.sha256)
        if path.is_file() and path.stat().st_size == part.size:
            file.unlink()
            os.utime(path)  # young again: whoever tidies leaves it to the backup that is being made
            return part, False
        self._settle(file, path)
        return part, True

    def get(self, name: str) -> Iterator[bytes]:
        """Read a file piece by piece."""
        try:
            with (self.root / name).open("rb") as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except OSError as error:
            raise BackupUnusable(f"{name} cannot be read: {error.strerror}") from error

    def size(self, name: str) -> int | None:
        """Ask the file system."""
        path = self.root / name
        return path.stat().st_size if path.is_file() else None

    def names(self, prefix: str) -> Iterator[str]:
        """Walk the folder; what is half written is not there."""
        start = self.root / prefix
        for path in sorted(start.rglob("*")) if start.is_dir() else ():
            if path.is_file() and not path.name.startswith(_PARTIAL):
                yield path.relative_to(self.root).as_posix()

    def blob_ages(self) -> Iterator[tuple[str, float]]:
        """Walk the blobs, and what was left half written, which goes by the same rule."""
        now = time.time()
        for path in (self.root / BLOBS).rglob("*"):
            if path.is_file():
                yield path.name, now - path.stat().st_mtime
        for path in self.root.glob(f"{_PARTIAL}*"):
            if now - path.stat().st_mtime > 86_400:
                path.unlink()

    def remove(self, name: str) -> None:
        """Remove a file, and the folders that it leaves empty."""
        path = self.root / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                return
            folder.rmdir()

    def _write(self, chunks: Iterable[bytes]) -> tuple[Part, Path]:
        digest, sizes = hashlib.sha256(), list[int]()
        try:
            handle, name = tempfile.mkstemp(dir=self.root, prefix=_PARTIAL)
        except OSError as error:
            raise BackupError(f"{self.root} cannot be written: {error.strerror}") from error
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in counted(chunks, digest, sizes):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            Path(name).unlink(missing_ok=True)
            if isinstance(error, OSError):
                free = shutil.disk_usage(self.root).free // 1024**2
                raise BackupError(f"{self.root} cannot be written ({free} MB free): {error.strerror}") from error
            raise
        return Part(size=sum(sizes), sha256=digest.hexdigest()), Path(name)

    @staticmethod
    def _settle(file: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

"""Files kept on this machine's disk because fetching or making them again takes longer; the oldest go first."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path


class DiskCache:
    """A folder of files by name, with a limit on their size.

    Args:
        folder: made when it is missing; what is in it from an earlier life is used.
        limit: bytes; what was not used for longest is deleted beyond it.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.limit = limit
        self._lock = threading.Lock()
        self._in_use: dict[str, int] = {}
        for rest in folder.glob(".*.part"):
            rest.unlink(missing_ok=True)
        self._size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())

    def find(self, name: str) -> Path | None:
        """Return a file and note that it was used; None when it is not here."""
        path = self._folder / name
        try:
            os.utime(path)
        except FileNotFoundError:
            return None
        return path

    def has(self, name: str) -> bool:
        """Tell whether a file is here, which is no use of it."""
        return (self._folder / name).exists()

    def put(self, name: str, content: bytes) -> Path:
        """Keep a file, whole or not at all."""
        path = self._folder / name
        handle, part = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            with self._lock:
                before = path.stat().st_size if path.exists() else 0
                Path(part).replace(path)
                self._size += len(content) - before
                if self._size > self.limit:
                    self._shrink(keep=name)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
        return path

    def forget(self, name: str) -> None:
        """Delete a file, if it is here."""
        with self._lock:
            self._delete(self._folder / name)

    @contextlib.contextmanager
    def holding(self, names: list[str]) -> Iterator[None]:
        """Keep files from being deleted while they are read."""
        with self._lock:
            for name in names:
                self._in_use[name] = self._in_use.get(name, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                for name in names:
                    self._in_use[name] -= 1
                    if not self._in_use[name]:
                        del self._in_use[name]

    def _shrink(self, keep: str) -> None:
        """Delete what was not used for longest, down to nine tenths of the limit."""
        found = [(path.stat().st_mtime, path) for path in self._folder.iterdir() if not path.name.startswith(".")]
        for _, path in sorted(found):
            if self._size <= self.limit * 0.9:
                return
            if path.name != keep and path.name not in self._in_use:
                self._delete(path)

    def _delete(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):
            size = path.stat().st_size
            path.unlink()
            self._size -= size

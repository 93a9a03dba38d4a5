"""Fetch a large file so that an interruption costs nothing and a wrong byte is never used.

The bytes grow in `<name>.partial`; what they will be stands in `<name>.partial.json`. A lost connection goes on where
it broke, in the same run or the next. The file gets its name only once its SHA-256 is the hub's.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from munbot_llm.models.files import is_gguf, sha256_of
from munbot_llm.models.hub import HubFile

SPARE_BYTES = 256 * 1024 * 1024  # of disk that stay free
_TRIES = 6  # in a row without a new byte
_LONGEST_PAUSE = 30.0  # seconds

Progress = Callable[[int, int], None]
"""Called with the bytes that are there and the bytes that there will be."""


class DownloadError(Exception):
    """The file could not be fetched.

    Args:
        code: stable English code: no_space, gone, refused, connection_lost, checksum_mismatch, not_gguf, too_long.
        message: what happened and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is there.

    Attributes:
        path: where.
        done: downloaded, resumed or unchanged.
    """

    path: Path
    done: str


def fetch(
    client: httpx.Client,
    file: HubFile,
    folder: Path,
    *,
    progress: Progress = lambda _done, _total: None,
    pause: Callable[[float], None] = time.sleep,
    waiting: Callable[[], None] = lambda: None,
) -> Fetched:
    """Fetch a model's file, or find it already there.

    Args:
        client: for the requests; its timeouts decide when a connection counts as lost.
        file: what the hub says of it.
        folder: where it goes; made where missing.
        progress: told of every piece.
        pause: waits that many seconds before another try.
        waiting: called when another process is fetching the same file, before waiting for it.

    Raises:
        DownloadError: see there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    with _alone(folder / f".{file.name}.lock", waiting):
        if target.is_file() and target.stat().st_size == file.size and sha256_of(target) == file.sha256:
            return Fetched(target, "unchanged")
        partial = _Partial(target, file)
        resumed = partial.take_up()
        _check_space(folder, file, partial.size)
        _fetch_all(client, file, partial, progress, pause)
        partial.finish()
    return Fetched(target, "resumed" if resumed else "downloaded")


class _Partial:
    """The bytes so far."""

    def __init__(self, target: Path, file: HubFile) -> None:
        self.target = target
        self.file = file
        self.path = target.with_name(f"{target.name}.partial")
        self._about = target.with_name(f"{target.name}.partial.json")
        self.etag = ""

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.path.is_file() else 0

    def take_up(self) -> bool:
        """Keep what an earlier run left, if it belongs to the same file; tell whether it did."""
        with contextlib.suppress(OSError, ValueError):
            about = json.loads(self._about.read_text(encoding="utf-8"))
            if about["sha256"] == self.file.sha256 and 0 < self.size <= self.file.size:
                self.etag = str(about.get("etag", ""))
                return True
        self.drop()
        return False

    def remember(self, etag: str) -> None:
        self.etag = etag
        about = {"sha256": self.file.sha256, "size": self.file.size, "etag": etag}
        self._about.write_text(json.dumps(about), encoding="utf-8")

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
        self.etag = ""

    def finish(self) -> None:
        """Check the bytes and give the file its name."""
        with self.path.open("rb") as handle:
            found = hashlib.file_digest(handle, "sha256").hexdigest()
            os.fsync(handle.fileno())
        if found != self.file.sha256:
            self.drop()
            raise DownloadError(
                "checksum_mismatch",
                f"{self.file.name} is not what the hub promised, and was deleted: its SHA-256 is {found}, "
                f"not {self.file.sha256}",
            )
        if not is_gguf(self.path):
            self.drop()
            raise DownloadError("not_gguf", f"{self.file.name} is not a GGUF file; it was deleted")
        self.path.replace(self.target)
        self._about.unlink(missing_ok=True)


def _fetch_all(
    client: httpx.Client, file: HubFile, partial: _Partial, progress: Progress, pause: Callable[[float], None]
) -> None:
    tries = 0
    progress(partial.size, file.size)
    while partial.size < file.size:
        before = partial.size
        reason = _fetch_some(client, file, partial, progress)
        tries = 0 if partial.size > before else tries + 1
        if partial.size >= file.size:
            return
        if tries >= _TRIES:
            raise DownloadError(
                "connection_lost",
                f"{file.name} stops at {partial.size:,} of {file.size:,} bytes ({reason}); "
                "run the same command again to go on from there",
            )
        pause(min(_LONGEST_PAUSE, 2.0**tries))


def _fetch_some(client: httpx.Client, file: HubFile, partial: _Partial, progress: Progress) -> str:
    """Fetch until the end or until the connection breaks; return why it ended early."""
    begin = partial.size
    headers = {"Accept-Encoding": "identity"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
        if partial.etag and not partial.etag.startswith("W/"):
            headers["If-Range"] = partial.etag
    try:
        with client.stream("GET", file.url, headers=headers, follow_redirects=True) as answer:
            if answer.status_code == 416:  # what we have does not fit what is there
                partial.drop()
                return "the range was refused (416)"
            _check(answer, file)
            if answer.status_code == 206 and not _continues(answer, begin, file.size):
                partial.drop()
                return "the hub sent another part than the one asked for"
            if answer.status_code == 200:
                begin = 0
            partial.remember(answer.headers.get("etag", ""))
            _write(answer, partial, begin, progress)
    except httpx.HTTPStatusError as error:
        return f"the server answers {error.response.status_code}"
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    except OSError as error:
        raise DownloadError("no_space", f"{partial.path} cannot be written: {error.strerror}") from error
    return "the connection was closed early"


def _write(answer: httpx.Response, partial: _Partial, begin: int, progress: Progress) -> None:
    size = partial.file.size
    done = begin
    with partial.path.open("r+b" if begin else "wb") as handle:
        handle.seek(begin)
        handle.truncate()
        for chunk in answer.iter_raw():
            done += len(chunk)
            if done > size:
                handle.truncate(0)
                raise DownloadError("too_long", f"{partial.file.name} is longer than the hub said ({size:,} bytes)")
            handle.write(chunk)
            progress(done, size)


def _continues(answer: httpx.Response, begin: int, size: int) -> bool:
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", answer.headers.get("content-range", ""))
    return match is not None and int(match[1]) == begin and match[2] in {"*", str(size)}


def _check(answer: httpx.Response, file: HubFile) -> None:
    status = answer.status_code
    if status in {401, 403}:
        raise DownloadError("refused", f"{file.url} is not for everybody ({status}): set LLM_HUB_TOKEN")
    if status in {404, 410}:
        raise DownloadError("gone", f"{file.url} is not there ({status})")
    if status not in {200, 206}:
        answer.raise_for_status()
        raise httpx.HTTPStatusError(f"{status}", request=answer.request, response=answer)


def _check_space(folder: Path, file: HubFile, there: int) -> None:
    free = shutil.disk_usage(folder).free
    needed = file.size - there + SPARE_BYTES
    if free < needed:
        raise DownloadError(
            "no_space", f"{file.name} needs {needed / 1e9:.1f} GB, and {folder} has {free / 1e9:.1f} GB free"
        )


@contextlib.contextmanager
def _alone(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a lock file, so that two processes do not write one file."""
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield

"""A bucket of any store that speaks S3; best one in another building."""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import BinaryIO, cast
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from munbot_datalake.backup.manifest import Part
from munbot_datalake.backup.problems import BackupError, BackupUnusable
from munbot_datalake.backup.settings import TargetSettings
from munbot_datalake.backup.targets.base import BLOBS, CHUNK, blob_name, counted

__all__ = ["S3Target"]

_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NotFound", "404"})
_PART = 16 * 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024


class S3Target:
    """Objects below `s3://bucket/prefix/<namespace>`; an object is there whole or not at all."""

    def __init__(self, settings: TargetSettings) -> None:
        place = urlsplit(settings.backup_target)
        if not place.netloc or not settings.backup_s3_endpoint:
            raise BackupError("BACKUP_TARGET=s3://bucket/prefix needs a bucket, and BACKUP_S3_ENDPOINT with its keys")
        self._bucket = place.netloc
        self._root = "/".join(filter(None, [place.path.strip("/"), settings.backup_namespace])) + "/"
        parts = urlsplit(settings.backup_s3_endpoint)
        self._client = Minio(
            parts.netloc,
            access_key=settings.backup_s3_access_key.get_secret_value(),
            secret_key=settings.backup_s3_secret_key.get_secret_value(),
            region=settings.backup_s3_region,
            secure=parts.scheme == "https",
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=5, read=60), retries=urllib3.Retry(total=3, backoff_factor=0.5)
            ),
        )
        with _explained(f"the target s3://{self._bucket}"):
            if not self._client.bucket_exists(self._bucket):
                raise BackupError(f"the bucket {self._bucket} of BACKUP_TARGET is not there")

    def put(self, name: str, chunks: Iterable[bytes]) -> Part:
        """Send a file in parts while it is being made."""
        digest, sizes = hashlib.sha256(), list[int]()
        stream = cast("BinaryIO", io.BufferedReader(_Chunks(counted(chunks, digest, sizes)), CHUNK))
        with _explained(name):
            self._client.put_object(self._bucket, self._root + name, stream, -1, part_size=_PART)
        return Part(size=sum(sizes), sha256=digest.hexdigest())

    def put_blob(self, chunks: Iterable[bytes]) -> tuple[Part, bool]:
        """Hash the contents on their way to a temporary file, and send that unless they are there."""
        digest, sizes = hashlib.sha256(), list[int]()
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
            for chunk in counted(chunks, digest, sizes):
                file.write(chunk)
            part = Part(size=sum(sizes), sha256=digest.hexdigest())
            name = blob_name(part.sha256)
            if self.size(name) == part.size:
                return part, False
            file.seek(0)
            with _explained(name):
                self._client.put_object(
                    self._bucket, self._root + name, cast("BinaryIO", file), part.size, part_size=_PART
                )
        return part, True

    def get(self, name: str) -> Iterator[bytes]:
        """Read an object piece by piece."""
        with _explained(name):
            answer = self._client.get_object(self._bucket, self._root + name)
            try:
                yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

    def size(self, name: str) -> int | None:
        """Ask for the object's head."""
        try:
            with _explained(name):
                return self._client.stat_object(self._bucket, self._root + name).size
        except BackupUnusable:
            return None

    def names(self, prefix: str) -> Iterator[str]:
        """List objects."""
        with _explained(prefix):
            for item in self._client.list_objects(self._bucket, prefix=self._root + prefix, recursive=True):
                yield (item.object_name or "").removeprefix(self._root)

    def blob_ages(self) -> Iterator[tuple[str, float]]:
        """List the blobs."""
        now = datetime.now(UTC)
        with _explained(BLOBS):
            for item in self._client.list_objects(self._bucket, prefix=f"{self._root}{BLOBS}/", recursive=True):
                if item.last_modified:
                    yield (item.object_name or "").rpartition("/")[2], (now - item.last_modified).total_seconds()

    def remove(self, name: str) -> None:
        """Remove an object."""
        with _explained(name):
            self._client.remove_object(self._bucket, self._root + name)


class _Chunks(io.RawIOBase):
    """An iterator as a stream."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]
        while not self._left:
            following = next(self._chunks, None)
            if following is None:
                return 0
            self._left = following
        taken = self._left[: len(buffer)]
        buffer[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        if error.code in _MISSING:
            raise BackupUnusable(f"{what} is not there") from error
        raise BackupError(f"{what}: the target's store says {error.code}") from error
    except (MinioException, HTTPError) as error:
        raise BackupError(f"{what}: the target's store does not answer ({type(error).__name__})") from error

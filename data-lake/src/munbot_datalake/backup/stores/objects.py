"""The object store: every version of every object. Contents are kept once, under their hash.

A version's id is the store's own and cannot be given back: a restored version carries its former id as metadata
(`munbot-version`), by which llm-gateway finds the version that a document names.
"""

import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import BinaryIO, cast

from minio import Minio
from minio.commonconfig import ENABLED
from minio.datatypes import Object
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error
from minio.versioningconfig import OFF, VersioningConfig
from pydantic import BaseModel
from urllib3.exceptions import HTTPError

from munbot_datalake.backup.manifest import Bucket, Part
from munbot_datalake.backup.problems import BackupError, StoreNotEmpty
from munbot_datalake.backup.targets import Target
from munbot_datalake.backup.targets.base import CHUNK, blob_name, checked

__all__ = ["FORMER_VERSION", "Objects", "Saved", "Version", "read_index", "summary"]

FORMER_VERSION = "munbot-version"
_META = "x-amz-meta-"
_PART = 16 * 1024 * 1024
_BATCH = 500


class Version(BaseModel):
    """One version of an object, or a mark that it was deleted. A key's versions stand oldest first."""

    key: str
    version_id: str = ""
    deleted: bool = False
    etag: str = ""
    size: int = 0
    sha256: str = ""
    content_type: str = ""
    metadata: dict[str, str] = {}

    @property
    def mark(self) -> tuple[str, str, str, int]:
        """Return what a version is known by again."""
        return self.key, self.version_id, self.etag, self.size


class Saved(BaseModel):
    """What saving a bucket gave."""

    bucket: Bucket
    part: Part
    new_blobs: int = 0
    new_bytes: int = 0
    present: set[str] = set()
    """The keys that are there now: their latest version is no mark of deletion."""


class Objects:
    """The store."""

    def __init__(self, client: Minio) -> None:
        self._client = client

    def buckets(self) -> list[str]:
        """Return the buckets' names."""
        with _explained():
            return sorted(bucket.name for bucket in self._client.list_buckets())

    def save(self, name: str, target: Target, folder: str, known: dict[tuple[str, str, str, int], Version]) -> Saved:
        """Save one bucket.

        Args:
            name: the bucket.
            target: where to.
            folder: of the backup.
            known: versions of an earlier backup, by `mark`; their contents are not fetched again.
        """
        result = Saved(bucket=_nothing(name), part=Part(size=0, sha256=""))
        versions: list[Version] = []
        with _explained():
            versioning = str(self._client.get_bucket_versioning(name).status or OFF)
            for version in self._versions(name):
                earlier = known.get(version.mark)
                if version.deleted:
                    versions.append(version)
                elif earlier and target.size(blob_name(earlier.sha256)) == version.size:
                    versions.append(earlier)
                elif (fetched := self._fetch(name, version, target, result)) is not None:
                    versions.append(fetched)
        lines = "".join(version.model_dump_json(exclude_defaults=True) + "\n" for version in versions)
        part_name = f"objects/{name}.jsonl.gz"
        result.part = target.put(f"{folder}/{part_name}", [gzip.compress(lines.encode(), 6, mtime=0)])
        result.bucket = summary(versions, part=part_name, versioning=versioning)
        result.present = {version.key for version in _latest(versions) if not version.deleted}
        return result

    def filled(self) -> list[str]:
        """Return the buckets that hold versions."""
        with _explained():
            return [name for name in self.buckets() if next(iter(self._versions(name)), None)]

    def restore(self, name: str, bucket: Bucket, versions: Iterable[Version], target: Target, *, force: bool) -> None:
        """Make a bucket and write its versions, oldest first.

        Raises:
            StoreNotEmpty: it holds something, and `force` is not set.
            BackupUnusable: a blob is not what was saved.
        """
        with _explained():
            if name not in self.buckets():
                self._client.make_bucket(name)
            elif any(True for _ in self._versions(name)):
                if not force:
                    raise StoreNotEmpty(f"the bucket {name} holds objects")
                self._clear(name)
            if bucket.versioning == ENABLED:
                self._client.set_bucket_versioning(name, VersioningConfig(ENABLED))
            for version in versions:
                if version.deleted:
                    self._client.remove_object(name, version.key)
                else:
                    self._write(name, version, target)

    def read(self, name: str) -> list[Version]:
        """Read all versions of a bucket with their contents' hashes."""
        found = []
        with _explained():
            for version in self._versions(name):
                if not version.deleted:
                    digest = hashlib.sha256()
                    for chunk in self._content(name, version)[0]:
                        digest.update(chunk)
                    version.sha256 = digest.hexdigest()
                found.append(version)
        return found

    # ---- plumbing

    def _versions(self, name: str) -> Iterator[Version]:
        """Give versions by key, oldest first.

        The client gives versions newest first, and after them the marks of deletion: the times put them together.
        """
        by_key: dict[str, list[Object]] = {}
        for item in self._client.list_objects(name, recursive=True, include_version=True):
            by_key.setdefault(item.object_name or "", []).append(item)
        for _, items in sorted(by_key.items()):
            items.reverse()
            items.sort(key=lambda item: (item.is_latest == "true", item.last_modified))
            yield from map(_version, items)

    def _fetch(self, name: str, version: Version, target: Target, result: Saved) -> Version | None:
        """Copy one version's contents; None when it has gone since it was listed."""
        try:
            chunks, headers = self._content(name, version)
            part, new = target.put_blob(chunks)
        except S3Error as error:
            if error.code in {"NoSuchKey", "NoSuchVersion"}:
                return None
            raise
        if part.size != version.size:
            raise BackupError(f"{name}: an object of {version.size} bytes gave {part.size}")
        result.new_blobs += new
        result.new_bytes += part.size if new else 0
        metadata = {key[len(_META) :]: value for key, value in headers.items() if key.startswith(_META)}
        own = {"sha256": part.sha256, "content_type": headers.get("content-type", ""), "metadata": metadata}
        return version.model_copy(update=own)

    def _content(self, name: str, version: Version) -> tuple[Iterator[bytes], dict[str, str]]:
        answer = self._client.get_object(name, version.key, version_id=version.version_id or None)

        def pieces() -> Iterator[bytes]:
            try:
                yield from answer.stream(CHUNK)
            finally:
                answer.close()
                answer.release_conn()

        return pieces(), {key.lower(): value for key, value in answer.headers.items()}

    def _write(self, name: str, version: Version, target: Target) -> None:
        part = Part(size=version.size, sha256=version.sha256)
        blob = blob_name(version.sha256)
        # Held whole where it is small, so that it is checked before it is sent.
        if version.size <= _PART:
            data = b"".join(checked(target.get(blob), part, blob))
            stream = io.BytesIO(data)
        else:
            for _ in checked(target.get(blob), part, blob):
                pass
            stream = cast("io.BytesIO", _Reader(target.get(blob)))
        metadata = {key: value for key, value in version.metadata.items() if key != FORMER_VERSION}
        former = version.metadata.get(FORMER_VERSION) or version.version_id
        self._client.put_object(
            name,
            version.key,
            cast("BinaryIO", stream),
            version.size,
            content_type=version.content_type or "application/octet-stream",
            metadata={**metadata, **({FORMER_VERSION: former} if former else {})},
            part_size=_PART,
        )

    def _clear(self, name: str) -> None:
        batch: list[DeleteObject] = []
        for version in [*self._versions(name), None]:
            if version:
                batch.append(DeleteObject(version.key, version.version_id or None))
            if batch and (version is None or len(batch) >= _BATCH):
                for error in self._client.remove_objects(name, batch):
                    raise BackupError(f"the bucket {name} cannot be emptied: {error.code}")
                batch = []


class _Reader(io.RawIOBase):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while len(self._left) < size and (following := next(self._chunks, None)) is not None:
            self._left += following
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def read_index(chunks: Iterable[bytes]) -> list[Version]:
    """Read a bucket's list of versions."""
    lines = gzip.decompress(b"".join(chunks)).decode().splitlines()
    return [Version.model_validate(json.loads(line)) for line in lines]


def summary(versions: list[Version], *, part: str = "", versioning: str = "") -> Bucket:
    """Count versions, and hash each key's contents in their order, how often it was deleted, and whether it is now.

    Between which contents it was deleted is left out: stores tell times by the second, and a restore is quicker.
    """
    digest = hashlib.sha256()
    for key, found in groupby(sorted(versions, key=lambda version: version.key), lambda version: version.key):
        history = list(found)  # oldest first: sorting is steady
        contents = [version.sha256 for version in history if not version.deleted]
        deleted = len(history) - len(contents)
        digest.update(f"{key}\0{deleted}\0{history[-1].deleted}\0{' '.join(contents)}\n".encode())
    return Bucket(
        part=part,
        versioning=versioning,
        keys=sum(not version.deleted for version in _latest(versions)),
        versions=sum(not version.deleted for version in versions),
        delete_markers=sum(version.deleted for version in versions),
        size=sum(version.size for version in versions),
        checksum=digest.hexdigest(),
    )


def _latest(versions: list[Version]) -> Iterable[Version]:
    return {version.key: version for version in versions}.values()


def _version(item: Object) -> Version:
    # Written before the bucket kept versions: it is asked for by that word once something stands above it.
    unnamed = item.version_id in {None, "null"}
    latest = item.is_latest == "true"
    return Version(
        key=item.object_name or "",
        version_id=("" if latest else "null") if unnamed else item.version_id or "",
        deleted=bool(item.is_delete_marker),
        etag=(item.etag or "").strip('"'),
        size=0 if item.is_delete_marker else item.size or 0,
    )


def _nothing(name: str) -> Bucket:
    return Bucket(part=name, versioning="", keys=0, versions=0, delete_markers=0, size=0, checksum="")


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise BackupError(f"the object store refuses: {error.code} ({error.bucket_name})") from error
    except (MinioException, HTTPError) as error:
        raise BackupError(f"the object store does not answer ({type(error).__name__})") from error

"""The object store: files of officials go in, files of conversations come out."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from munbot_common.problems import NotFound, Unavailable
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from munbot_conversations.settings import ApiSettings

CHUNK = 64 * 1024
_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchBucket", "NotFound", "404"})
_THERE = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})


class FileStoreAway(Unavailable):
    """The object store does not answer."""

    code = "file_store_away"
    title = "Los archivos no están disponibles por el momento"


class FileMissing(NotFound):
    """The message has no file, or it is gone."""

    code = "file_missing"
    title = "Ese archivo no existe"


@dataclass(frozen=True, slots=True)
class Opened:
    """A file on its way out; `chunks` ends its connection."""

    size: int | None
    answer: BaseHTTPResponse

    def chunks(self) -> Iterator[bytes]:
        """Give the file piece by piece."""
        try:
            yield from self.answer.stream(CHUNK)
        finally:
            self.answer.close()
            self.answer.release_conn()


class FileStore:
    """The bucket of attachments, shared with the channels that store what citizens send."""

    def __init__(self, settings: ApiSettings) -> None:
        parts = urlsplit(settings.s3_endpoint)
        self.bucket = settings.attachments_bucket
        self._region = settings.s3_region
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3, read=15), maxsize=16, retries=urllib3.Retry(total=2, backoff_factor=0.1)
        )
        self._client = Minio(
            parts.netloc,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=parts.scheme == "https",
            http_client=self._pool,
        )

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a file; the same key again replaces it. The bucket is made when it is missing.

        Raises:
            FileStoreAway: it cannot be stored now.
        """
        try:
            try:
                self._client.put_object(self.bucket, key, BytesIO(data), len(data), content_type=content_type)
            except S3Error as error:
                if error.code != "NoSuchBucket":
                    raise
                self._make_bucket()
                self._client.put_object(self.bucket, key, BytesIO(data), len(data), content_type=content_type)
        except (MinioException, HTTPError) as error:
            raise FileStoreAway from error

    def open(self, key: str) -> Opened:
        """Begin to read a file.

        Raises:
            FileMissing: there is none.
            FileStoreAway: it cannot be had now.
        """
        try:
            answer = self._client.get_object(self.bucket, key)
        except S3Error as error:
            if error.code in _MISSING:
                raise FileMissing from error
            raise FileStoreAway from error
        except (MinioException, HTTPError) as error:
            raise FileStoreAway from error
        length = answer.headers.get("Content-Length", "")
        return Opened(int(length) if length.isdigit() else None, answer)

    def close(self) -> None:
        """Close all connections."""
        self._pool.clear()

    def _make_bucket(self) -> None:
        try:
            self._client.make_bucket(self.bucket, location=self._region)
        except S3Error as error:
            if error.code not in _THERE:
                raise

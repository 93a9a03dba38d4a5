"""The object store. Browsers talk to it directly, by signed URLs; we only look at what arrived."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.error import S3Error
from munbot_common.objects import remove_for_good

if TYPE_CHECKING:
    from munbot_complaints.settings import StoreSettings

_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NotFound", "404"})


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What the store says about an object."""

    size: int
    content_type: str


class ObjectStore:
    """One bucket, reached from inside by its endpoint and signed for the outside with the public address.

    A signature covers the host, so URLs are signed for PUBLIC_URL's; nginx passes `/<bucket>/…` on with the host kept.
    The region is given, so signing asks nobody.
    """

    def __init__(self, settings: "StoreSettings") -> None:
        self.bucket = settings.attachments_bucket
        self._region = settings.s3_region
        self._inside = _client(settings, settings.s3_endpoint)
        self._outside = _client(settings, settings.public_url)

    def ensure_bucket(self) -> None:
        """Create the bucket if it is missing."""
        if not self._inside.bucket_exists(self.bucket):
            try:
                self._inside.make_bucket(self.bucket, location=self._region)
            except S3Error as error:
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise

    def check(self) -> None:
        """Raise when the bucket cannot be reached."""
        if not self._inside.bucket_exists(self.bucket):
            msg = f"bucket {self.bucket} is missing"
            raise RuntimeError(msg)

    def upload_url(self, key: str, lifetime: timedelta) -> str:
        """Return a URL to which one object can be PUT."""
        return self._outside.presigned_put_object(self.bucket, key, expires=lifetime)

    def download_url(self, key: str, lifetime: timedelta, *, filename: str, content_type: str) -> str:
        """Return a URL from which an object is downloaded as a file, never shown as a page."""
        answer: dict[str, str | list[str] | tuple[str]] = {
            "response-content-disposition": f'attachment; filename="{filename}"',
            "response-content-type": content_type,
        }
        return self._outside.presigned_get_object(self.bucket, key, expires=lifetime, response_headers=answer)

    def stat(self, key: str) -> StoredObject | None:
        """Return what the store knows about an object, or None without one."""
        try:
            found = self._inside.stat_object(self.bucket, key)
        except S3Error as error:
            if error.code in _MISSING:
                return None
            raise
        return StoredObject(size=found.size or 0, content_type=found.content_type or "")

    def head(self, key: str, length: int) -> bytes:
        """Return an object's first bytes."""
        answer = self._inside.get_object(self.bucket, key, offset=0, length=length)
        try:
            return answer.read(length)
        finally:
            answer.close()
            answer.release_conn()

    def copy(self, source: str, target: str) -> None:
        """Copy an object inside the bucket."""
        self._inside.copy_object(self.bucket, target, CopySource(self.bucket, source))

    def remove(self, key: str) -> None:
        """Remove an object; one that is missing is fine."""
        self._inside.remove_object(self.bucket, key)

    def remove_for_good(self, key: str) -> int:
        """Remove an object with all its versions; returns how many there were."""
        return remove_for_good(self._inside, self.bucket, key)


def _client(settings: "StoreSettings", address: str) -> Minio:
    parts = urlsplit(address)
    pool = urllib3.PoolManager(
        timeout=urllib3.Timeout(connect=3, read=15), maxsize=16, retries=urllib3.Retry(total=2, backoff_factor=0.1)
    )
    return Minio(
        parts.netloc,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        secure=parts.scheme == "https",
        http_client=pool,
    )

"""The object store: files of citizens go in, files for citizens come out."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import S3Error

from munbot_whatsapp.deliveries.contents import StoredMedia
from munbot_whatsapp.deliveries.files import StoredFiles
from munbot_whatsapp.providers.base import OutboundMedia
from munbot_whatsapp.settings import WorkerSettings

URL_LIFETIME = timedelta(hours=1)
"""Of the address that a provider fetches a file from."""


class ObjectStore:
    """One bucket, shared with complaints-api, which takes files over from it by their key."""

    def __init__(self, settings: WorkerSettings) -> None:
        self.bucket = settings.media_bucket
        self._region = settings.s3_region
        self._inside = _client(settings, settings.s3_endpoint)
        self._outside = _client(settings, settings.public_url)
        self._read = StoredFiles(self._inside)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a file; the same key again replaces it. The bucket is made when it is missing."""
        try:
            self._inside.put_object(self.bucket, key, BytesIO(data), len(data), content_type=content_type)
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise
            self._make_bucket()
            self._inside.put_object(self.bucket, key, BytesIO(data), len(data), content_type=content_type)

    def load(self, stored: StoredMedia) -> OutboundMedia:
        """Return a file that is to be sent, with an address for providers that fetch it themselves.

        Raises:
            SendFailed: it is not there, or cannot be had now.
        """
        media = stored.media
        url = self._outside.presigned_get_object(media.bucket, media.key, expires=URL_LIFETIME)
        return replace(self._read(stored), url=url)

    def _make_bucket(self) -> None:
        try:
            self._inside.make_bucket(self.bucket, location=self._region)
        except S3Error as error:
            if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                raise


def _client(settings: WorkerSettings, address: str) -> Minio:
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

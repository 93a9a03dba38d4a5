"""The object store's client."""

from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException
from munbot_common.settings import S3Settings
from urllib3.exceptions import HTTPError

STORE_ERRORS = (MinioException, HTTPError, OSError)
"""What a store that is away raises."""


def make_client(settings: S3Settings, *, connections: int = 16, read_seconds: float = 30) -> Minio:
    """Return a client of the object store; it connects when it is used."""
    parts = urlsplit(settings.s3_endpoint)
    return Minio(
        parts.netloc,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        region=settings.s3_region,
        secure=parts.scheme == "https",
        http_client=urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=3, read=read_seconds),
            maxsize=connections,
            retries=urllib3.Retry(total=2, backoff_factor=0.1),
        ),
    )

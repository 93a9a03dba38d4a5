"""The platform's buckets: versions, lifecycle and encryption, made at every migration and safe to repeat."""

from dataclasses import dataclass

from minio import Minio
from minio.commonconfig import ENABLED, Filter
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.lifecycleconfig import (
    AbortIncompleteMultipartUpload,
    LifecycleConfig,
    NoncurrentVersionExpiration,
    Rule,
)
from minio.sseconfig import Rule as EncryptionRule
from minio.sseconfig import SSEConfig
from minio.versioningconfig import VersioningConfig
from munbot_common.logs import get_logger

from munbot_datalake.settings import StoreSettings

log = get_logger("datalake.buckets")

_OURS = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_WITHOUT_ENCRYPTION = frozenset({"NotImplemented", "KMSNotConfigured", "InvalidRequest", "InvalidArgument"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is asked of one bucket. `noncurrent_days`: None keeps every version for ever."""

    name: str
    noncurrent_days: int | None


def wanted(settings: StoreSettings) -> tuple[Bucket, ...]:
    """Return the platform's buckets.

    Attachments and knowledge keep every version: a complaint's file is never lost to a clock, and a document's source
    is named by its version.
    """
    days = settings.noncurrent_days
    return (
        Bucket(settings.lake_bucket, days),
        Bucket(settings.images_bucket, days),
        Bucket(settings.backups_bucket, days),
        Bucket(settings.attachments_bucket, None),
        Bucket(settings.knowledge_bucket, None),
    )


def ensure(client: Minio, settings: StoreSettings) -> None:
    """Make the buckets that are missing, and bring the rules of all of them up to date.

    Raises:
        S3Error: the store refuses.
    """
    for bucket in wanted(settings):
        _make(client, bucket.name, settings.s3_region)
        if client.get_bucket_versioning(bucket.name).status != ENABLED:
            client.set_bucket_versioning(bucket.name, VersioningConfig(ENABLED))
        client.set_bucket_lifecycle(bucket.name, _lifecycle(bucket, settings))
        encrypted = _encrypt(client, bucket.name)
        log.info("bucket_ready", bucket=bucket.name, encrypted=encrypted)
    _forget_results(client, settings.images_bucket)


def _forget_results(client: Minio, bucket: str) -> None:
    """Delete the pictures that earlier versions made from originals: they are made on this machine's disk now."""
    left = (DeleteObject(item.object_name or "") for item in client.list_objects(bucket, "results/", recursive=True))
    for error in client.remove_objects(bucket, left):
        log.warning("result_not_deleted", object=error.name, code=error.code)


def _make(client: Minio, name: str, region: str) -> None:
    if client.bucket_exists(name):
        return
    try:
        client.make_bucket(name, location=region)
    except S3Error as error:
        if error.code not in _OURS:
            raise


def _lifecycle(bucket: Bucket, settings: StoreSettings) -> LifecycleConfig:
    rules = [
        Rule(
            ENABLED,
            rule_filter=Filter(prefix=""),
            rule_id="unfinished-uploads",
            abort_incomplete_multipart_upload=AbortIncompleteMultipartUpload(settings.unfinished_upload_days),
        )
    ]
    if bucket.noncurrent_days is not None:
        rules.append(
            Rule(
                ENABLED,
                rule_filter=Filter(prefix=""),
                rule_id="noncurrent-versions",
                noncurrent_version_expiration=NoncurrentVersionExpiration(bucket.noncurrent_days),
            )
        )
    return LifecycleConfig(rules)


def _encrypt(client: Minio, name: str) -> bool:
    """Have the store encrypt what is written, where it has a key; a store without one says so, and that is kept."""
    try:
        client.set_bucket_encryption(name, SSEConfig(EncryptionRule.new_sse_s3_rule()))
    except S3Error as error:
        if error.code not in _WITHOUT_ENCRYPTION:
            raise
        log.warning("bucket_not_encrypted", bucket=name, reason=error.code)
        return False
    return True

"""The bucket: `<tenant>/<document id>/source<suffix>` and, written last and therefore the truth, `…/document.json`.

The bucket keeps versions. A `document.json` names the version of the source that it was made from, so a crash or a
second upload between the two writes leaves the earlier document whole.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import ENABLED
from minio.error import MinioException, S3Error
from minio.versioningconfig import VersioningConfig
from urllib3.exceptions import HTTPError

from munbot_llm.knowledge.models import DocumentUnreadable, KnowledgeDocument, decode, encode
from munbot_llm.knowledge.rules import check_tenant, is_document_id

if TYPE_CHECKING:
    from munbot_llm.settings import StoreSettings

STORE_ERRORS = (MinioException, HTTPError, OSError)
"""What a store that is away raises."""

_NAME = "document.json"
_MISSING = frozenset({"NoSuchKey", "NoSuchObject", "NotFound", "404", "MethodNotAllowed"})
_CHUNK = 256 * 1024
_FORMER_VERSION = "x-amz-meta-munbot-version"
"""Written by a restore (data-lake, backup): a store gives each version a name of its own."""

Listing = dict[str, dict[str, str]]
"""By tenant and document id: the entity tag of the present `document.json`."""


class KnowledgeStore:
    """All tenants' documents."""

    def __init__(self, settings: "StoreSettings") -> None:
        self.bucket = settings.knowledge_bucket
        self._region = settings.s3_region
        parts = urlsplit(settings.s3_endpoint)
        self._client = Minio(
            parts.netloc,
            access_key=settings.s3_access_key.get_secret_value(),
            secret_key=settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=parts.scheme == "https",
            http_client=urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=3, read=15),
                maxsize=16,
                retries=urllib3.Retry(total=2, backoff_factor=0.1),
            ),
        )

    def ensure_bucket(self) -> None:
        """Create the bucket if it is missing, and have it keep versions."""
        if not self._client.bucket_exists(self.bucket):
            try:
                self._client.make_bucket(self.bucket, location=self._region)
            except S3Error as error:
                if error.code not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise
        if self._client.get_bucket_versioning(self.bucket).status != ENABLED:
            self._client.set_bucket_versioning(self.bucket, VersioningConfig(ENABLED))

    def listing(self, tenant: str | None = None) -> Listing:
        """Return which documents there are, of one tenant or of all.

        Raises:
            S3Error: there is no bucket.
        """
        found: Listing = {}
        prefix = f"{tenant}/" if tenant else None
        for item in self._client.list_objects(self.bucket, prefix=prefix, recursive=True):
            owner, _, rest = (item.object_name or "").partition("/")
            document_id, _, name = rest.partition("/")
            if name == _NAME and is_document_id(document_id):
                found.setdefault(owner, {})[document_id] = (item.etag or "").strip('"')
        return found

    def read(self, tenant: str, document_id: str, *, version_id: str | None = None) -> KnowledgeDocument | None:
        """Return a document, or None without one.

        Args:
            tenant: whose.
            document_id: which.
            version_id: an earlier one, by the object store's own name for it.

        Raises:
            DocumentUnreadable: there is one that cannot be read.
        """
        try:
            answer = self._client.get_object(self.bucket, _key(tenant, document_id, _NAME), version_id=version_id)
        except S3Error as error:
            if error.code in _MISSING:
                return None
            raise
        try:
            document = decode(answer.read())
        finally:
            answer.close()
            answer.release_conn()
        if (document.tenant, document.id) != (tenant, document_id):
            raise DocumentUnreadable("it belongs elsewhere")
        return document

    def save_source(self, tenant: str, document_id: str, suffix: str, data: bytes) -> str:
        """Write a file; returns the store's name for this version of it."""
        key = _key(tenant, document_id, f"source{suffix}")
        return self._client.put_object(self.bucket, key, io.BytesIO(data), len(data)).version_id or ""

    def save(self, document: KnowledgeDocument) -> None:
        """Write a `document.json`: from here on it is the document."""
        key = _key(document.tenant, document.id, _NAME)
        data = encode(document)
        self._client.put_object(self.bucket, key, io.BytesIO(data), len(data), content_type="application/json")

    def delete(self, document: KnowledgeDocument) -> None:
        """Hide a document; its versions stay."""
        self._client.remove_object(self.bucket, _key(document.tenant, document.id, _NAME))
        if document.kind == "document":
            self._client.remove_object(self.bucket, _key(document.tenant, document.id, f"source{document.suffix}"))

    def history(self, tenant: str, document_id: str, limit: int) -> Iterator[KnowledgeDocument]:
        """Give the versions of a document, newest first, also of one that was deleted; unreadable ones are left out."""
        key = _key(tenant, document_id, _NAME)
        seen = 0
        for item in self._client.list_objects(self.bucket, prefix=key, include_version=True):
            if item.object_name != key or item.is_delete_marker or seen >= limit:
                continue
            seen += 1
            try:
                document = self.read(tenant, document_id, version_id=item.version_id)
            except DocumentUnreadable:
                continue
            if document is not None:
                yield document

    def source(self, document: KnowledgeDocument) -> bytes | None:
        """Return the whole file that a document was made from; None when it is gone."""
        stream = self.stream_source(document)
        return None if stream is None else b"".join(stream)

    def stream_source(self, document: KnowledgeDocument) -> Iterator[bytes] | None:
        """Return the file that a document was made from, piece by piece; None when it is gone."""
        key = _key(document.tenant, document.id, f"source{document.suffix}")
        try:
            answer = self._client.get_object(self.bucket, key, version_id=document.source_version or None)
        except S3Error as error:
            if error.code not in _MISSING | {"NoSuchVersion", "InvalidArgument"}:
                raise
            restored = self._restored(key, document.source_version)
            if restored is None:
                return None
            answer = self._client.get_object(self.bucket, key, version_id=restored)

        def pieces() -> Iterator[bytes]:
            try:
                yield from answer.stream(_CHUNK)
            finally:
                answer.close()
                answer.release_conn()

        return pieces()

    def _restored(self, key: str, version_id: str) -> str | None:
        """Find the version that had another name before it was brought back from a backup, which notes that name."""
        for item in self._client.list_objects(self.bucket, prefix=key, include_version=True):
            found: str | None = item.version_id
            if item.object_name == key and not item.is_delete_marker and found:
                about = self._client.stat_object(self.bucket, key, version_id=found)
                if about.metadata and about.metadata.get(_FORMER_VERSION) == version_id:
                    return found
        return None


def _key(tenant: str, document_id: str, name: str) -> str:
    return f"{check_tenant(tenant)}/{document_id}/{name}"

"""Buckets are made with versions, rules and encryption, and making them again changes nothing."""

import io
import secrets
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from minio import Minio
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from munbot_datalake import buckets
from munbot_datalake.settings import StoreSettings
from structlog.testing import capture_logs


@pytest.fixture
def settings(s3, client):
    endpoint, key, secret = s3
    mark = secrets.token_hex(4)
    names = {f"{kind}_bucket": f"t-{kind}-{mark}" for kind in ("lake", "images", "backups", "attachments", "knowledge")}
    yield StoreSettings(s3_endpoint=endpoint, s3_access_key=key, s3_secret_key=secret, noncurrent_days=9, **names)
    for name in names.values():
        if client.bucket_exists(name):
            found = client.list_objects(name, recursive=True, include_version=True)
            list(client.remove_objects(name, [DeleteObject(item.object_name, item.version_id) for item in found]))
            client.remove_bucket(name)


def rules(client, name):
    return {rule.rule_id: rule for rule in client.get_bucket_lifecycle(name).rules}


def test_buckets_have_versions_rules_and_encryption(client, settings):
    buckets.ensure(client, settings)
    buckets.ensure(client, settings)
    for wanted in buckets.wanted(settings):
        assert client.get_bucket_versioning(wanted.name).status == "Enabled"
        found = rules(client, wanted.name)
        assert found["unfinished-uploads"].abort_incomplete_multipart_upload.days_after_initiation == 2
        assert ("noncurrent-versions" in found) == (wanted.noncurrent_days is not None)
        if wanted.noncurrent_days:
            assert found["noncurrent-versions"].noncurrent_version_expiration.noncurrent_days == 9


@pytest.fixture
def logs(monkeypatch):
    """What `ensure` says, line by line."""
    with capture_logs() as lines:
        monkeypatch.setattr(buckets, "log", buckets.get_logger("t"))  # one that no other test has bound
        yield lines


class Keyless(Minio):
    """A store without a key: it refuses as MinIO without MINIO_KMS_SECRET_KEY does."""

    code = "NotImplemented"

    def set_bucket_encryption(self, bucket_name, config):
        message = "Server side encryption specified but KMS is not configured"
        raise S3Error(SimpleNamespace(status=501), self.code, message, f"/{bucket_name}", "", "")


@pytest.fixture
def keyless(s3):
    endpoint, key, secret = s3
    return Keyless(urlsplit(endpoint).netloc, access_key=key, secret_key=secret, secure=False)


def test_what_is_written_is_encrypted(client, settings, logs):
    buckets.ensure(client, settings)
    ready = [line for line in logs if line["event"] == "bucket_ready"]
    assert {line["bucket"]: line["encrypted"] for line in ready} == {
        wanted.name: True for wanted in buckets.wanted(settings)
    }
    assert "bucket_not_encrypted" not in {line["event"] for line in logs}
    for wanted in buckets.wanted(settings):
        client.put_object(wanted.name, "a", io.BytesIO(b"abc"), 3)
        head = {name.lower(): value for name, value in client.stat_object(wanted.name, "a").metadata.items()}
        assert head["x-amz-server-side-encryption"] == "AES256"
        assert client.get_object(wanted.name, "a").read() == b"abc"


def test_what_was_written_before_is_still_read(client, settings):
    """An installation of before: its store had no key, and its objects stay as they are."""
    name = settings.attachments_bucket
    client.make_bucket(name)
    client.put_object(name, "a", io.BytesIO(b"plain"), 5)
    buckets.ensure(client, settings)
    client.put_object(name, "b", io.BytesIO(b"sealed"), 6)
    sealed = {}
    for key in ("a", "b"):
        head = {name.lower(): value for name, value in client.stat_object(name, key).metadata.items()}
        sealed[key] = head.get("x-amz-server-side-encryption")
    assert sealed == {"a": None, "b": "AES256"}
    assert client.get_object(name, "a").read() == b"plain"
    assert client.get_object(name, "b").read() == b"sealed"


def test_a_store_without_a_key_is_told_of_and_gets_its_buckets(keyless, settings, logs):
    buckets.ensure(keyless, settings)
    names = [wanted.name for wanted in buckets.wanted(settings)]
    warned = [line for line in logs if line["event"] == "bucket_not_encrypted"]
    assert [(line["bucket"], line["reason"], line["log_level"]) for line in warned] == [
        (name, "NotImplemented", "warning") for name in names
    ]
    ready = [line for line in logs if line["event"] == "bucket_ready"]
    assert [(line["bucket"], line["encrypted"]) for line in ready] == [(name, False) for name in names]
    assert all(keyless.get_bucket_encryption(name) is None for name in names)


def test_another_refusal_is_no_store_without_a_key(keyless, settings):
    keyless.code = "AccessDenied"
    with pytest.raises(S3Error, match="AccessDenied"):
        buckets.ensure(keyless, settings)


def test_results_that_earlier_versions_kept_go_and_originals_stay(client, settings):
    buckets.ensure(client, settings)
    for name in ("results/valle-claro/a/w320.webp", "originals/valle-claro/a"):
        client.put_object(settings.images_bucket, name, io.BytesIO(b"abc"), 3)
    for _ in range(2):
        buckets.ensure(client, settings)
        left = [item.object_name for item in client.list_objects(settings.images_bucket, recursive=True)]
        assert left == ["originals/valle-claro/a"]


def test_what_is_overwritten_and_deleted_can_be_had_back(client, settings):
    buckets.ensure(client, settings)
    name = settings.attachments_bucket
    first = client.put_object(name, "a", io.BytesIO(b"one"), 3).version_id
    client.put_object(name, "a", io.BytesIO(b"two"), 3)
    client.remove_object(name, "a")
    assert client.get_object(name, "a", version_id=first).read() == b"one"

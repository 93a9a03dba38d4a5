"""Buckets are made with versions, rules and encryption, and making them again changes nothing."""

import io
import secrets

import pytest
from minio.deleteobjects import DeleteObject
from munbot_datalake import buckets
from munbot_datalake.settings import StoreSettings


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


def test_what_is_written_is_encrypted_where_the_store_said_so(client, settings):
    buckets.ensure(client, settings)
    name = settings.lake_bucket
    client.put_object(name, "a", io.BytesIO(b"abc"), 3)
    head = {key.lower(): value for key, value in client.stat_object(name, "a").metadata.items()}
    config = client.get_bucket_encryption(name)
    assert (head.get("x-amz-server-side-encryption") == "AES256") == (config is not None)
    assert client.get_object(name, "a").read() == b"abc"


def test_what_is_overwritten_and_deleted_can_be_had_back(client, settings):
    buckets.ensure(client, settings)
    name = settings.attachments_bucket
    first = client.put_object(name, "a", io.BytesIO(b"one"), 3).version_id
    client.put_object(name, "a", io.BytesIO(b"two"), 3)
    client.remove_object(name, "a")
    assert client.get_object(name, "a", version_id=first).read() == b"one"

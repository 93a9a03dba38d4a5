"""Files from the object store."""

import secrets
from io import BytesIO
from urllib.parse import urlsplit

import pytest
import urllib3
from minio import Minio
from munbot_whatsapp.deliveries.contents import StoredMedia
from munbot_whatsapp.deliveries.files import StoredFiles
from munbot_whatsapp.providers.base import Decision, SendFailed


def client(endpoint, key, secret):
    pool = urllib3.PoolManager(timeout=5, retries=False)
    return Minio(urlsplit(endpoint).netloc, access_key=key, secret_key=secret, secure=False, http_client=pool)


@pytest.fixture
def bucket(s3):
    minio, name = client(*s3), f"t-{secrets.token_hex(6)}"
    minio.make_bucket(name)
    minio.put_object(name, "plano.pdf", BytesIO(b"%PDF-1.7"), 8, content_type="application/pdf")
    yield name
    minio.remove_object(name, "plano.pdf")
    minio.remove_bucket(name)


def stored(bucket, key="plano.pdf"):
    media = {"bucket": bucket, "key": key, "content_type": "application/pdf", "size": 8, "filename": "Plano.pdf"}
    return StoredMedia.model_validate({"kind": "document", "media": media})


def test_a_file_is_read_with_its_name_and_type(s3, bucket):
    file = StoredFiles(client(*s3))(stored(bucket))
    assert (file.kind, file.content_type, file.data, file.filename) == (
        "document",
        "application/pdf",
        b"%PDF-1.7",
        "Plano.pdf",
    )


def test_a_file_that_is_not_there_never_will_be(s3, bucket):
    for missing in (stored(bucket, "otro.pdf"), stored("no-such-bucket")):
        with pytest.raises(SendFailed) as caught:
            StoredFiles(client(*s3))(missing)
        assert caught.value.decision == Decision.PERMANENT


def test_a_store_that_is_away_may_come_back(s3):
    with pytest.raises(SendFailed) as caught:
        StoredFiles(client("http://127.0.0.1:9", *s3[1:]))(stored("b"))
    assert (caught.value.decision, caught.value.code) == (Decision.RETRY, "media_unavailable")

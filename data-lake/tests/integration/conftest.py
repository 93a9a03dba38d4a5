"""Fixtures: a bucket of its own, the API with a settable clock, one migrated database, the hub's audit log."""

import secrets
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import urlsplit

import lake_audit_hub
import pytest
from fastapi.testclient import TestClient
from minio import Minio
from minio.deleteobjects import DeleteObject
from munbot_common.database import make_session_factory, run_migrations
from munbot_datalake.app import create_app
from munbot_datalake.settings import ApiSettings
from sqlalchemy import create_engine

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class SettableClock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return SettableClock(NOW)


@pytest.fixture(scope="module")
def engine(postgres_database):
    run_migrations("munbot_datalake", postgres_database)
    engine = create_engine(postgres_database, connect_args={"options": "-c timezone=UTC"})
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def factory(engine):
    return make_session_factory(engine)


@pytest.fixture(scope="module")
def client(s3):
    endpoint, key, secret = s3
    return Minio(urlsplit(endpoint).netloc, access_key=key, secret_key=secret, secure=False)


@pytest.fixture(scope="module")
def bucket(client):
    """Name of an empty bucket, removed afterwards with all it holds."""
    name = f"t-{secrets.token_hex(6)}"
    client.make_bucket(name)
    yield name
    found = client.list_objects(name, recursive=True, include_version=True)
    list(client.remove_objects(name, [DeleteObject(item.object_name, item.version_id) for item in found]))
    client.remove_bucket(name)


@pytest.fixture(scope="module")
def audit_hub(key_pair):
    """The hub's audit log."""
    with lake_audit_hub.running(lake_audit_hub.AuditHub(key_pair[1])) as hub:
        yield hub


@pytest.fixture
def hub(audit_hub):
    """The same, without entries; what a test does to it ends with the test."""
    audit_hub.entries.clear()
    yield audit_hub
    audit_hub.answer, audit_hub.look = 204, None


@pytest.fixture(scope="module")
def make_settings(engine, bucket, s3, key_pair, make_token, audit_hub, tmp_path_factory):
    endpoint, key, secret = s3

    def make(**changes):
        fields = {
            "pseudonym_key": "k" * 32,
            "database_url": engine.url.render_as_string(hide_password=False),
            "jwt_public_key": key_pair[1],
            "service_token": make_token("service", subject="service:datalake"),
            "s3_endpoint": endpoint,
            "s3_access_key": key,
            "s3_secret_key": secret,
            "lake_bucket": bucket,
            "images_bucket": bucket,
            "cache_dir": tmp_path_factory.mktemp("cache"),
            "public_url": "http://munbot.test",
            "conversations_url": audit_hub.url,
        }
        return ApiSettings(**(fields | changes))

    return make


@pytest.fixture(scope="module")
def start(make_token):
    """Start the API with some settings; returns what asks it as somebody. Stopped with the last test of the file."""
    with ExitStack() as stack:

        def begin(settings):
            http = stack.enter_context(TestClient(create_app(settings), raise_server_exceptions=False))

            def call(method, path, role="admin", tenant="valle-claro", **options):
                headers = options.pop("headers", {})
                if role:
                    headers["Authorization"] = f"Bearer {make_token(role, tenant)}"
                return http.request(method, path, headers=headers, **options)

            return call

        yield begin


@pytest.fixture(scope="module")
def api(start, make_settings):
    return start(make_settings())

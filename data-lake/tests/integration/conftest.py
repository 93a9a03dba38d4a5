"""Fixtures: a bucket of its own, the API with a settable clock, one migrated database."""

import secrets
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from minio import Minio
from minio.deleteobjects import DeleteObject
from munbot_common.database import make_session_factory, run_migrations
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

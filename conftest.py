"""Fixtures for tests that need real servers.

The servers' addresses come from MUNBOT_TEST_* variables; `./munbot test` starts them and sets these. Where one is
absent, the tests that need it are skipped with the reason.
"""

import os
import secrets
from urllib.parse import urlsplit, urlunsplit

import pytest
from hypothesis import settings

# The same examples on every run, so that a red run means a change; MUNBOT_HYPOTHESIS=explore looks for new ones.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("MUNBOT_HYPOTHESIS", "steady"))


def _address(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.skip(f"{name} is not set: ./munbot test starts the servers and sets it")
    return value


def _fresh_name() -> str:
    return f"t_{secrets.token_hex(6)}"


@pytest.fixture(scope="module")
def postgres_database():
    """URL (SQLAlchemy, psycopg2) of an empty database of its own, dropped afterwards."""
    from sqlalchemy import create_engine, text

    server = urlsplit(_address("MUNBOT_TEST_POSTGRES_URL").replace("postgresql://", "postgresql+psycopg2://", 1))
    name = _fresh_name()
    admin = create_engine(urlunsplit(server), isolation_level="AUTOCOMMIT")
    url = urlunsplit(server._replace(path=f"/{name}"))
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    extensions = create_engine(url, isolation_level="AUTOCOMMIT")
    with extensions.connect() as connection:
        for extension in ("btree_gist", "pgcrypto", "unaccent", "pg_trgm"):
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    extensions.dispose()
    yield url
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="module")
def mongo_database():
    """(URL of the server, name of an empty database of its own), dropped afterwards."""
    from pymongo import MongoClient

    url, name = _address("MUNBOT_TEST_MONGO_URL"), _fresh_name()
    yield url, name
    with MongoClient(url) as client:
        client.drop_database(name)


@pytest.fixture(scope="module")
def rabbitmq_url():
    """AMQP URL of an empty virtual host of its own, deleted afterwards (by the management API)."""
    import httpx

    broker = urlsplit(_address("MUNBOT_TEST_RABBITMQ_URL"))
    api = _address("MUNBOT_TEST_RABBITMQ_API")
    name = _fresh_name()
    with httpx.Client(base_url=api, auth=(broker.username or "", broker.password or ""), timeout=30) as http:
        http.put(f"/api/vhosts/{name}").raise_for_status()
        http.put(
            f"/api/permissions/{name}/{broker.username}", json={"configure": ".*", "write": ".*", "read": ".*"}
        ).raise_for_status()
        yield urlunsplit(broker._replace(path=f"/{name}"))
        http.delete(f"/api/vhosts/{name}")


@pytest.fixture
def redis_url():
    """URL of the Redis server. Keys are shared: tests use names of their own."""
    return _address("MUNBOT_TEST_REDIS_URL")


@pytest.fixture(scope="module")
def s3():
    """(endpoint, access key, secret key) of the object store."""
    return (
        _address("MUNBOT_TEST_S3_ENDPOINT"),
        _address("MUNBOT_TEST_S3_ACCESS_KEY"),
        _address("MUNBOT_TEST_S3_SECRET_KEY"),
    )


@pytest.fixture(scope="session")
def key_pair():
    """(private, public) Ed25519 keys in PEM."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    return (
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        private.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


@pytest.fixture(scope="session")
def make_token(key_pair):
    """Callable that signs tokens: make_token("admin", tenant="valle-claro", conversation_id=None)."""
    from datetime import timedelta

    from munbot_common.auth import Role, TokenSigner

    signer = TokenSigner(key_pair[0])

    def make(role, tenant="valle-claro", *, subject=None, lifetime=timedelta(hours=1), **claims):
        return signer.issue(
            subject=subject or f"{role}:test",
            role=Role(role),
            tenant=None if role == "service" else tenant,
            lifetime=lifetime,
            **claims,
        )

    return make

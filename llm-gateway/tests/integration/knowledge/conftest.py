"""The API against the real object store, in a bucket of its own."""

import secrets
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import audit_plumbing
import pytest
from fastapi.testclient import TestClient
from munbot_llm.app import create_app
from munbot_llm.knowledge.store import KnowledgeStore
from munbot_llm.settings import ApiSettings
from store_plumbing import bucket_name, minio_client, remove_bucket, until

MASCOTAS = """# Ordenanza de mascotas

## Artículo 1°. Paseos

En la calle los perros van con correa de no más de dos metros. Pasear un perro sin correa se multa con 2 UTM.

## Artículo 2°. Fecas

Quien pasea un perro debe recoger las fecas con una bolsa. La multa por no recogerlas es de 1 UTM.
"""


class TickingClock:
    """A second later at every look, so that order never depends on the machine."""

    def __init__(self):
        self.now = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("llm-data")


@pytest.fixture(scope="module")
def bucket(s3):
    client, name = minio_client(s3), bucket_name()
    yield name
    remove_bucket(client, name)


@pytest.fixture(scope="module")
def minio(s3):
    return minio_client(s3)


@pytest.fixture(scope="module")
def hub(key_pair):
    """The hub's audit log, as it is when all is well."""
    with audit_plumbing.running(audit_plumbing.AuditHub(key_pair[1])) as hub:
        yield hub


@pytest.fixture(autouse=True)
def well(hub):
    """What a test does to the hub ends with the test."""
    yield
    hub.answer, hub.look = 204, None


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine may need longer for an index than an official should wait."""
    monkeypatch.setattr("munbot_llm.knowledge.access.INDEX_SECONDS", 60.0)


@pytest.fixture(scope="module")
def make_settings(s3, bucket, key_pair, make_token, data_dir, hub):
    def make(**changes):
        endpoint, access, secret = s3
        fields = {
            "s3_endpoint": endpoint,
            "s3_access_key": access,
            "s3_secret_key": secret,
            "knowledge_bucket": bucket,
            "jwt_public_key": key_pair[1],
            "service_token": make_token("service", subject="service:llm"),
            "conversations_url": hub.url,
            "munbot_mode": "demo",
            "data_dir": data_dir,
            "sync_seconds": 0.2,
        }
        return ApiSettings(**(fields | changes))

    return make


@pytest.fixture(scope="module")
def settings(make_settings):
    return make_settings()


@pytest.fixture(scope="module")
def store(settings):
    store = KnowledgeStore(settings)
    store.ensure_bucket()
    return store


@pytest.fixture
def empty_store(make_settings, minio):
    """The store of a bucket that only this test has."""
    store = KnowledgeStore(make_settings(knowledge_bucket=bucket_name()))
    store.ensure_bucket()
    yield store
    remove_bucket(minio, store.bucket)


@contextmanager
def running(settings, *, ready=True):
    with TestClient(create_app(settings, TickingClock()), raise_server_exceptions=False) as client:
        if ready:
            until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def start():
    """Start a further API with some settings and wait until it is ready; stopped at the end of the test."""
    with ExitStack() as stack:
        yield lambda settings, **options: stack.enter_context(running(settings, **options))


@pytest.fixture(scope="module")
def client(settings, store):
    """The API, for all tests of a file: each has a tenant of its own."""
    with running(settings) as client:
        yield client


@pytest.fixture
def tenant():
    """A tenant of the test's own, as all share one bucket."""
    return f"t-{secrets.token_hex(4)}"


@pytest.fixture
def as_(make_token, tenant):
    """Headers of a caller: as_("agent"), as_("service", "another-tenant")."""

    def headers(role, of=None):
        bearer = {"Authorization": f"Bearer {make_token(role, of or tenant)}"}
        return bearer | ({"X-Munbot-Tenant": of or tenant} if role == "service" else {})

    return headers


@pytest.fixture
def upload(client, as_):
    """Upload a text; returns the answer."""

    def send(content=MASCOTAS, name="mascotas.md", *, role="admin", of=None, to=None, **fields):
        data = content if isinstance(content, bytes) else content.encode()
        return (to or client).post(
            "/v1/knowledge/documents", files={"file": (name, data)}, data=fields, headers=as_(role, of)
        )

    return send


@pytest.fixture
def search(client, as_):
    """Search as an official; returns the texts that were found."""

    def ask(question, *, of=None, to=None, k=3):
        answer = (to or client).post(
            "/v1/knowledge/search", json={"question": question, "k": k}, headers=as_("viewer", of)
        )
        assert answer.status_code == 200, answer.text
        return [item["text"] for item in answer.json()["items"]]

    return ask

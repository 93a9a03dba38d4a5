"""The API against the real MongoDB and object store, with a clock that stands where a test puts it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi.testclient import TestClient
from munbot_complaints import indexes, mongo, seed
from munbot_complaints.app import create_app
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.settings import ApiSettings
from munbot_complaints.waiting import RELAYED
from munbot_contracts.audit import AUDIT_NOTED, AuditNoted
from munbot_contracts.envelope import Event

# A Monday, 10:00 in Santiago (UTC-3), with the holiday of 8 December two weeks ahead.
MONDAY = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

CATEGORIES = """
tenants:
  valle-claro: &office
    timezone: America/Santiago
    categories:
      - code: aseo
        name: Aseo y basura
        unit: Dirección de Aseo
        deadline_days: 5
        synonyms: [basura, hediondo]
        children:
          - {code: aseo.retiro_basura, name: Retiro de basura, synonyms: [camión de la basura]}
          - {code: aseo.microbasural, name: Microbasural, deadline_days: 10, synonyms: [escombros]}
      - code: alumbrado
        name: Alumbrado público
        unit: Alumbrado
        deadline_days: 5
        synonyms: [poste apagado]
    complaints: []
  punta-brava:
    <<: *office
    timezone: America/Punta_Arenas
"""


class StillClock:
    def __init__(self):
        self.now = MONDAY

    def __call__(self):
        return self.now

    def forward(self, **amount):
        self.now += timedelta(**amount)

    def set(self, moment):
        self.now = moment


@pytest.fixture(scope="module")
def settings(mongo_database, s3, key_pair):
    url, name = mongo_database
    endpoint, access, secret = s3
    return ApiSettings(
        mongo_url=url,
        mongo_database=name,
        s3_endpoint=endpoint,
        s3_access_key=access,
        s3_secret_key=secret,
        public_url=endpoint,  # no nginx here: signed for the store itself
        attachments_bucket=name.replace("_", "-"),
        jwt_public_key=key_pair[1],
        munbot_mode="demo",
        tracking_attempts=5,
    )


@pytest.fixture(scope="module")
def store(settings):
    store = ObjectStore(settings)
    store.ensure_bucket()
    return store


@pytest.fixture(scope="module")
def database(settings, store, tmp_path_factory):
    with mongo.connect(settings) as client:
        database = mongo.open_database(client, settings)
        indexes.ensure_indexes(database)
        path = tmp_path_factory.mktemp("seed") / "complaints.yml"
        path.write_text(CATEGORIES, encoding="utf-8")
        seed.load(database, store, path)
        yield database


@pytest.fixture
def clock():
    return StillClock()


@pytest.fixture(autouse=True)
def no_complaints(request):
    """Each test starts without complaints, and without news of settings."""
    if "database" not in request.fixturenames:
        return
    database = request.getfixturevalue("database")
    for name in ("complaints", "counters", "attachments", "tracking_attempts", "leases"):
        database[name].delete_many({})
    for name in ("categories", "calendars", "maps"):
        database[name].update_many({}, {"$set": {"pending_events": [], "relay": {"pending": False}}})


@pytest.fixture
def app(settings, database, clock):
    return create_app(settings, clock)


@pytest.fixture
def client(app):
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def repository(database):
    return ComplaintRepository(database)


@pytest.fixture
def waiting(database):
    """Bodies of the events that wait: of complaints about themselves, or `waiting(notes=True)` for the audit log."""

    def events(*, notes=False):
        found = [
            event["body"]
            for name in RELAYED
            for row in database[name].find()
            for event in row.get("pending_events", [])
        ]
        return [body for body in found if (body["type"] == AUDIT_NOTED) is notes]

    return events


@pytest.fixture
def noted(waiting):
    """What waits for the audit log, as (action, before, after), in order; each fits the contract."""

    def notes():
        found = [Event[AuditNoted].model_validate(body) for body in waiting(notes=True)]
        return [(event.data.action, event.data.before, event.data.after) for event in sorted(found, key=lambda e: e.id)]

    return notes


@pytest.fixture
def as_(make_token):
    """Headers of a caller: as_("agent"), as_("service"), as_("visitor", conversation_id=…)."""

    def headers(role, tenant="valle-claro", **claims):
        bearer = {"Authorization": f"Bearer {make_token(role, tenant, **claims)}"}
        return bearer | ({"X-Munbot-Tenant": tenant} if role == "service" else {})

    return headers


@pytest.fixture
def body():
    """A complaint, with changes: body(category="alumbrado")."""

    def make(**changes):
        return {
            "category": "aseo.retiro_basura",
            "description": "Hace dos semanas que no pasa el camión de la basura",
            "place": {"address": "Villa Los Aromos, pasaje 3", "latitude": -33.407, "longitude": -70.57},
            "citizen": {"rut": "15.482.903-2", "name": "Marcela Soto", "phone": "9 8765 4321"},
            "channel": "web",
        } | changes

    return make


@pytest.fixture
def file_complaint(client, as_, body):
    """Register a complaint as a service; returns its receipt."""

    def make(tenant="valle-claro", key=None, **changes):
        headers = as_("service", tenant) | ({"Idempotency-Key": key} if key else {})
        answer = client.post("/v1/complaints", json=body(**changes), headers=headers)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def upload():
    """PUT bytes to a signed URL, as a browser does."""

    def put(ticket, content, **headers):
        return httpx.put(ticket["upload_url"], content=content, headers=ticket["headers"] | headers, timeout=20)

    return put

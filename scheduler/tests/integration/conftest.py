"""A scheduler over a real, migrated PostgreSQL, with a clock that tests set."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from munbot_common.database import run_migrations
from munbot_scheduler.app import create_app
from munbot_scheduler.settings import ApiSettings
from sqlalchemy import create_engine, event, text

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # Monday 09:00 in Santiago
RUTS = ["15482903-2", "12345678-5", "11111111-1", "7654321-6", "22222222-2", "33333333-3", "44444444-4", "10487213-1"]


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **delta):
        self.now += timedelta(**delta)


@pytest.fixture
def clock(api):
    api.clock.now = NOW
    return api.clock


class Api:
    """The application, called as one role of one tenant."""

    def __init__(self, client, clock, make_token, engine):
        self.client, self.clock, self.engine, self._make_token = client, clock, engine, make_token

    def call(self, method, path, *, role="service", tenant="valle-claro", conversation=None, headers=None, **kwargs):
        token = self._make_token(role, tenant, conversation_id=conversation)
        all_headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        if role == "service":
            all_headers["X-Munbot-Tenant"] = tenant
        return self.client.request(method, path, headers=all_headers, **kwargs)

    def get(self, path, **kwargs):
        return self.call("GET", path, **kwargs)

    def post(self, path, json=None, **kwargs):
        return self.call("POST", path, json=json, **kwargs)

    def rows(self, query, **values):
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).mappings().all()

    def execute(self, query, **values):
        with self.engine.begin() as connection:
            connection.execute(text(query), values)

    @contextmanager
    def counted(self):
        statements = []

        def note(_connection, _cursor, statement, *_):
            statements.append(statement)

        engine = self.client.app.state.session_factory.kw["bind"]
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def api(postgres_database, key_pair, make_token):
    run_migrations("munbot_scheduler", postgres_database)
    clock = Clock()
    settings = ApiSettings(
        munbot_mode="demo",
        database_url=postgres_database,
        database_pool_size=20,
        jwt_public_key=key_pair[1],
        public_url="https://municipio.example",
    )
    engine = create_engine(postgres_database)
    with TestClient(create_app(settings, clock), raise_server_exceptions=False) as client:
        api = Api(client, clock, make_token, engine)
        configure(api)
        yield api
    engine.dispose()


def configure(api):
    """Two tenants with offices and procedures of the same names, made through the API as officials would."""
    for tenant in ("valle-claro", "punta-brava"):
        zone, region = ("America/Santiago", "RM") if tenant == "valle-claro" else ("America/Punta_Arenas", "MA")
        admin = {"role": "admin", "tenant": tenant}
        office = {"code": "transito", "name": "Tránsito", "address": "Calle Uno 1", "timezone": zone, "region": region}
        office_id = made(api.post("/v1/offices", {**office, "email": "transito@municipio.cl"}, **admin))["id"]
        other = {"code": "obras", "name": "Obras", "timezone": zone, "region": region}
        other_id = made(api.post("/v1/offices", other, **admin))["id"]
        for code, name, minutes, offices in (
            ("licencia", "Licencia clase B", 30, [office_id]),
            ("permiso", "Permiso de circulación", 15, [office_id]),
            ("edificacion", "Permiso de edificación", 45, [other_id]),
        ):
            body = {"code": code, "name": name, "duration_minutes": minutes, "office_ids": offices}
            made(api.post("/v1/procedures", {**body, "required_papers": ["Cédula de identidad"]}, **admin))
        for day in range(5):
            rule = {"weekday": day, "opens": "08:30", "closes": "14:00", "capacity": 2}
            made(api.post("/v1/offices/transito/opening-rules", rule, **admin))
            rule = {"weekday": day, "opens": "09:00", "closes": "13:00", "capacity": 1}
            made(api.post("/v1/offices/obras/opening-rules", rule, **admin))
        rule = {"weekday": 1, "opens": "15:00", "closes": "17:00", "capacity": 1}
        made(api.post("/v1/offices/transito/opening-rules", rule, **admin))


def made(response):
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture(autouse=True)
def _empty_agenda(request):
    if "api" not in request.fixturenames:
        return
    api = request.getfixturevalue("api")
    api.clock.now = NOW
    api.execute("DELETE FROM seats")
    api.execute("DELETE FROM appointments")
    api.execute("DELETE FROM outbox")
    api.execute("DELETE FROM idempotency_keys")
    api.execute("DELETE FROM opening_exceptions")


@pytest.fixture
def booking():
    """Callable that returns the body of a booking."""

    def body(start="2026-11-24T10:15:00-03:00", rut=RUTS[0], **changes):
        return {
            "procedure_id": "licencia",
            "office_id": "transito",
            "start": start,
            "citizen": {"rut": rut, "name": "Marcela Soto", "phone": "98765 4321"},
            "channel": "web",
        } | changes

    return body


@pytest.fixture
def booked(api, booking):
    """Callable that books and returns the appointment."""

    def make(*args, **changes):
        caller = {name: changes.pop(name) for name in ("role", "tenant", "conversation") if name in changes}
        return made(api.post("/v1/appointments", booking(*args, **changes), **caller))

    return make


@pytest.fixture
def ruts():
    """Callable that returns n different valid RUTs."""
    from stdnum.cl import rut

    def make(count):
        return [f"{number}-{rut.calc_check_digit(str(number))}" for number in range(9_000_000, 9_000_000 + count)]

    return make

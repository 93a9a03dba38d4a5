"""Webhooks over a real PostgreSQL and a real receiver, with a clock that tests set."""

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from munbot_common.certificate import make_certificate
from munbot_common.database import make_session_factory, run_migrations
from munbot_common.ids import uuid7
from munbot_contracts.complaints import COMPLAINT_CREATED
from munbot_contracts.envelope import AnyEvent
from munbot_notifications.app import create_app
from munbot_notifications.settings import ApiSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks.consumer import WebhookHandler
from munbot_notifications.webhooks.guard import Guard
from munbot_notifications.webhooks.notice import DisabledNotice
from munbot_notifications.webhooks.sender import WebhookSender
from munbot_notifications.webhooks.transport import Transport
from sqlalchemy import create_engine, text

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PUBLIC = "93.184.216.34"
KEY = Fernet.generate_key().decode()


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **delta):
        self.now += timedelta(**delta)


class Receiver:
    """A program of somebody else's. `answer` says with what status, headers and delay it answers."""

    def __init__(self, tls=None):
        self.requests = []
        self.status, self.headers, self.delay = 204, {}, threading.Event()
        self.delay.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.requests.append((self.path, dict(self.headers), body))
                receiver.delay.wait(30)
                status = receiver.status(body) if callable(receiver.status) else receiver.status
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://localhost:{self.port}/avisos"

    def bodies(self):
        return [json.loads(body) for _, _, body in self.requests]

    def close(self):
        self.delay.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def tls_receiver(tmp_path):
    """A receiver with a certificate of its own for localhost, and the context that trusts it."""
    certificate, key = make_certificate(datetime.now(UTC))
    (tmp_path / "crt").write_text(certificate)
    (tmp_path / "key").write_text(key)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    made = Receiver(server)
    yield made, ssl.create_default_context(cafile=tmp_path / "crt")
    made.close()


class Api:
    """The application, called as one role of one tenant; and the worker's parts over the same database."""

    def __init__(self, client, make_token, engine, clock):
        self.client, self.engine, self.clock, self._make_token = client, engine, clock, make_token
        self.factory = make_session_factory(engine)
        self.disabled = []

    def call(self, method, path, *, role="admin", tenant="valle-claro", headers=None, **kwargs):
        token = self._make_token(role, tenant)
        all_headers = {"Authorization": f"Bearer {token}", **(headers or {})}
        if role == "service":
            all_headers["X-Munbot-Tenant"] = tenant
        return self.client.request(method, f"/v1/webhooks{path}", headers=all_headers, **kwargs)

    def get(self, path="", **kwargs):
        return self.call("GET", path, **kwargs)

    def post(self, path="", json=None, **kwargs):
        return self.call("POST", path, json={} if json is None else json, **kwargs)

    def rows(self, query, **values):
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).mappings().all()

    def execute(self, query, **values):
        with self.engine.begin() as connection:
            connection.execute(text(query), values)

    @property
    def settings(self):
        return self.client.app.state.settings

    def hear(self, event):
        WebhookHandler(self.factory, hope=timedelta(hours=72), wake=lambda: None, clock=self.clock)([event])

    def sender(self, transport=None):
        return WebhookSender(
            self.factory,
            transport or Transport(Guard(["localhost"]), timeout=5),
            Vault(KEY),
            self.settings,
            on_disabled=self._note_disabled,
            clock=self.clock,
        )

    def _note_disabled(self, session, webhook, outcome, now):
        self.disabled.append((webhook.id, webhook.disabled_reason))
        DisabledNotice("https://municipio.example")(session, webhook, outcome, now)

    def work(self, transport=None):
        """Send until nothing is due; return how often the worker took a receiver."""
        rounds, sender = 0, self.sender(transport)
        while sender.work_once():
            rounds += 1
        return rounds


@pytest.fixture(scope="module")
def _service(postgres_database, key_pair, make_token):
    run_migrations("munbot_notifications", postgres_database)
    clock = Clock()
    settings = ApiSettings(
        munbot_mode="demo",
        database_url=postgres_database,
        jwt_public_key=key_pair[1],
        notifications_key=KEY,
        webhook_allowed_hosts="localhost",
    )
    engine = create_engine(postgres_database, pool_size=20)
    app = create_app(settings, clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        app.state.webhook_guard = Guard(["localhost"], resolver=resolver)
        yield Api(client, make_token, engine, clock)
    engine.dispose()


def resolver(host, _port):
    """Names of the tests: no name server is asked."""
    known = {"localhost": ["127.0.0.1"], "ejemplo.cl": [PUBLIC], "interno.cl": ["10.0.0.8"]}
    if host not in known:
        raise OSError
    return known[host]


@pytest.fixture
def api(_service):
    _service.clock.now = NOW
    _service.disabled.clear()
    for table in ("notifications", "officials", "webhooks", "webhook_messages", "inbox", "outbox", "idempotency_keys"):
        _service.execute(f"DELETE FROM {table}")
    return _service


@pytest.fixture
def webhook(api, receiver):
    """Callable that subscribes and returns the webhook with its secret."""

    def make(*, tenant="valle-claro", **changes):
        body = {"url": receiver.url, "event_types": [COMPLAINT_CREATED]} | changes
        answer = api.post(json=body, tenant=tenant)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


@pytest.fixture
def event():
    """Callable that returns an event as it comes from the broker."""

    def make(event_type=COMPLAINT_CREATED, tenant="valle-claro", **data):
        return AnyEvent(
            id=uuid7(),
            source="/munbot/complaints",
            type=event_type,
            subject="019358f2-0000-7000-8000-000000000001",
            time=NOW,
            tenant=tenant,
            correlationid="c0ffee00",
            data={"folio": "REC-2026-000123-K", "citizen": {"name": "Marcela Soto Ñandú"}} | data,
        )

    return make

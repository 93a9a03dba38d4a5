"""The service on a real, migrated PostgreSQL, with a real mail server of its own and a clock that tests set."""

import asyncio
import email
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.policy import default

import httpx
import pytest
from aiosmtpd.controller import Controller
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from munbot_common.client import ServiceClient
from munbot_common.database import make_engine, make_session_factory, run_migrations, unit_of_work
from munbot_common.ids import uuid7
from munbot_contracts import EVENT_TYPES
from munbot_contracts.envelope import AnyEvent
from munbot_notifications.app import create_app
from munbot_notifications.channels.email import EmailChannel
from munbot_notifications.notices.consumer import NoticeHandler
from munbot_notifications.sending.composer import Composer, calendar_of
from munbot_notifications.sending.directory import Directory
from munbot_notifications.sending.pauses import Pauses
from munbot_notifications.sending.sender import Sender
from munbot_notifications.settings import ApiSettings, WorkerSettings
from munbot_notifications.vault import Vault
from sqlalchemy import text

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday noon in Santiago
KEY = Fernet.generate_key().decode()
PUBLIC_URL = "https://municipio.example"
TENANTS = {
    "valle-claro": {
        "name": "Municipalidad de Valle Claro",
        "address": "Avenida Los Aromos 450",
        "phone": "+56 2 2345 6700",
        "timezone": "America/Santiago",
        "colors": {"primary": "#0b5c8a"},
    },
    "punta-brava": {
        "name": "Municipalidad de Punta Brava",
        "address": "Costanera 1200",
        "phone": "",
        "timezone": "America/Punta_Arenas",
        "colors": {},
    },
}
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **delta):
        self.now += timedelta(**delta)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailServer:
    """A mail server that can be taken away, and that refuses what tests want refused."""

    def __init__(self):
        self.port = free_port()
        self.mails, self.refusals, self.data_answer = [], {}, "250 OK"
        self.on_data = None
        self._controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def start(self):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self):
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        if not self.data_answer.startswith("250"):
            return self.data_answer
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        if self.on_data:
            await asyncio.to_thread(self.on_data)
        return self.data_answer

    def subjects(self):
        return [mail["Subject"] for mail in self.mails]


class Neighbours:
    """What conversations, scheduler and the bridge answer."""

    def __init__(self):
        self.asked, self.away, self.bridge = [], set(), (202, {"id": str(uuid7())})

    def client(self, name):
        transport = httpx.MockTransport(lambda request: self._answer(name, request))
        return ServiceClient(f"http://{name}", token="t", attempts=1, transport=transport)

    def _answer(self, name, request):
        self.asked.append((name, request))
        if name in self.away:
            raise httpx.ConnectError("away", request=request)
        if name == "conversations":
            tenant = TENANTS.get(request.url.path.rpartition("/")[2])
            return httpx.Response(200, json=tenant) if tenant else httpx.Response(404, json={"code": "unknown"})
        if name == "scheduler":
            return httpx.Response(200, text=ICS, headers={"content-type": "text/calendar"})
        status, body = self.bridge
        return httpx.Response(status, json=body)

    def of(self, name):
        return [request for asked, request in self.asked if asked == name]


@dataclass
class Service:
    """The service's parts, put together as the worker does, without its threads."""

    database: str
    clock: Clock
    mails: MailServer
    neighbours: Neighbours
    extra: dict = field(default_factory=dict)
    configured: frozenset = frozenset({"email", "whatsapp"})

    def __post_init__(self):
        self.settings = WorkerSettings(
            database_url=self.database,
            rabbitmq_url="amqp://nowhere",
            notifications_key=KEY,
            jwt_public_key="-----BEGIN PUBLIC KEY-----",
            public_url=PUBLIC_URL,
            smtp_url=self.mails.url,
            smtp_timeout_seconds=5,
        )
        self.engine = make_engine(self.settings)
        self.factory = make_session_factory(self.engine)
        self.pauses = Pauses()
        self.directory = Directory(self.neighbours.client("conversations"), self.clock)
        self.vault = Vault(KEY)
        self.composer = Composer(
            self.settings,
            vault=self.vault,
            directory=self.directory,
            calendar=calendar_of(self.neighbours.client("scheduler")),
        )
        self.configure(self.configured)

    def configure(self, channels):
        self.handler = NoticeHandler(
            self.factory, public_url=PUBLIC_URL, channels=channels, on_planned=lambda: None, clock=self.clock
        )

    def sender(self):
        channels = {"email": EmailChannel(self.mails.url, mail_from="avisos@municipio.example", timeout=5)}
        return Sender(
            self.factory,
            self.settings,
            composer=self.composer,
            channels={**channels, **self.extra},
            pauses=self.pauses,
            clock=self.clock,
        )

    def send_all(self):
        sender = self.sender()
        try:
            while sender.run_once():
                pass
        finally:
            sender.close()

    def hear(self, kind, *, tenant="valle-claro", event_id=None, **changes):
        event = make_event(kind, tenant=tenant, event_id=event_id, **changes)
        self.handler([event])
        return event

    def rows(self, query="SELECT * FROM notifications ORDER BY id", **values):
        with self.engine.connect() as connection:
            return connection.execute(text(query), values).mappings().all()

    def execute(self, query, **values):
        with self.engine.begin() as connection:
            connection.execute(text(query), values)

    def unit_of_work(self):
        return unit_of_work(self.factory)


def make_event(kind, *, tenant="valle-claro", event_id=None, **changes):
    example = EVENT_TYPES[kind].model_config["json_schema_extra"]["examples"][0]
    citizen = {**example.get("citizen", {}), **changes.pop("citizen", {})}
    data = {**example, **({"citizen": citizen} if citizen else {}), **changes}
    return AnyEvent.model_validate(
        {
            "id": event_id or uuid7(),
            "source": "/munbot/test",
            "type": kind,
            "subject": "x",
            "time": NOW.isoformat(),
            "tenant": tenant,
            "correlationid": "test-correlation",
            "data": data,
        }
    )


@pytest.fixture(scope="module")
def database(postgres_database):
    run_migrations("munbot_notifications", postgres_database)
    return postgres_database


@pytest.fixture
def mails():
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def neighbours():
    return Neighbours()


@pytest.fixture
def service(database, clock, mails, neighbours):
    made = Service(database, clock, mails, neighbours)
    for table in (
        "notifications",
        "template_versions",
        "preferences",
        "opt_outs",
        "officials",
        "digest_items",
        "office_rules",
        "inbox",
        "outbox",
        "idempotency_keys",
    ):
        made.execute(f"DELETE FROM {table}")
    yield made
    made.engine.dispose()


class Api:
    """The application, called as one role of one tenant."""

    def __init__(self, client, make_token):
        self.client, self._make_token = client, make_token

    def call(self, method, path, *, role="service", tenant="valle-claro", headers=None, **kwargs):
        token = self._make_token(role, tenant)
        every = {"Authorization": f"Bearer {token}", **(headers or {})}
        if role == "service":
            every["X-Munbot-Tenant"] = tenant
        return self.client.request(method, path, headers=every, **kwargs)

    def get(self, path, **kwargs):
        return self.call("GET", path, **kwargs)

    def post(self, path, json=None, **kwargs):
        return self.call("POST", path, json=json, **kwargs)

    def put(self, path, json=None, **kwargs):
        return self.call("PUT", path, json=json, **kwargs)

    def delete(self, path, **kwargs):
        return self.call("DELETE", path, **kwargs)


@pytest.fixture
def api(service, key_pair, make_token):
    settings = ApiSettings(
        munbot_mode="demo",
        database_url=service.database,
        notifications_key=KEY,
        jwt_public_key=key_pair[1],
        public_url=PUBLIC_URL,
    )
    with TestClient(create_app(settings, service.clock), raise_server_exceptions=False) as client:
        yield Api(client, make_token)


@pytest.fixture
def in_thread():
    """Callable that runs something beside the test, and joins it at the end."""
    threads = []

    def start(work):
        thread = threading.Thread(target=work)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    for thread in threads:
        thread.join(20)

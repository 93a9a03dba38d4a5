"""What the tests of this room share: a migrated database, the API, a worker and a Rasa that tests command."""

import contextlib
import json
import socket
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from munbot_common.database import make_engine, make_session_factory, run_migrations
from munbot_common.ids import uuid7
from munbot_common.messaging import Consumer, OutgoingMessage, Publisher, Subscription
from munbot_common.outbox import make_event
from munbot_contracts import Event, routing_key
from munbot_contracts.messages import MESSAGE_RECEIVED, MessageReceived, Sender
from munbot_conversations.settings import ApiSettings, MigrateSettings, WorkerSettings

TENANTS = ("valle-claro", "punta-brava")


class ClosableServer(ThreadingHTTPServer):
    """A server that, when it stops, closes what is kept alive, as one does whose process ends."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, address, handler):
        self.connections = set()
        super().__init__(address, handler)

    def handle_error(self, *_args):
        pass

    def process_request(self, request, client_address):
        self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.connections.discard(request)
        super().shutdown_request(request)

    def server_close(self):
        for kept_alive in list(self.connections):
            with contextlib.suppress(OSError):
                kept_alive.shutdown(socket.SHUT_RDWR)
        super().server_close()


class FakeRasa:
    """Rasa's REST channel and trackers over real HTTP, as its documentation has them.

    `reply` makes the answer of one message; `before_answer` runs before it leaves and may block or raise.
    """

    def __init__(self):
        self.asked = []
        self.trackers = defaultdict(list)
        self.forgotten = set()
        self.lock = threading.Lock()
        self.status = 200
        self.reply = lambda sender, message: [{"recipient_id": sender, "text": f"eco: {message}"}]
        self.before_answer = lambda sender, message, metadata: None
        self.remember = True
        self.server = None
        self.port = None

    def early(self, path, body):
        """Status and body of what is no turn: failures, and trackers, three events of each until it is forgotten."""
        if self.status != 200:
            return self.status, {"status": "failure"}
        if path != "/webhooks/rest/trackers":
            return None
        with self.lock:
            there = [one for one in body["conversations"] if one not in self.forgotten]
            if body["forget"]:
                self.forgotten.update(there)
        return 200, {"events": 3 * len(there)}

    def start(self, port=0):
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_args):
                pass

            def _send(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                if self.path.startswith("/conversations/"):
                    sender = self.path.split("/")[2]
                    with rasa.lock:
                        self._send(200, {"sender_id": sender, "events": list(rasa.trackers[sender])})
                else:
                    self._send(200, {"status": "ok"})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if early := rasa.early(self.path, body):
                    self._send(*early)
                    return
                sender, message, metadata = body["sender"], body["message"], body["metadata"]
                with rasa.lock:
                    rasa.asked.append(body)
                replies = rasa.reply(sender, message)
                rasa.before_answer(sender, message, metadata)
                if rasa.remember:
                    with rasa.lock:
                        rasa.trackers[sender].append({"event": "user", "text": message, "metadata": metadata})
                        for reply in replies if isinstance(replies, list) else ():
                            data = {"buttons": reply.get("buttons"), "image": reply.get("image")}
                            rasa.trackers[sender].append({"event": "bot", "text": reply.get("text"), "data": data})
                with contextlib.suppress(OSError):  # the one who asked may be gone
                    self._send(200, replies)

        self.server = ClosableServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def texts(self, conversation_id=None):
        with self.lock:
            return [
                body["message"]
                for body in self.asked
                if conversation_id is None or body["metadata"]["conversation_id"] == str(conversation_id)
            ]


@pytest.fixture
def rasa():
    fake = FakeRasa().start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def database(postgres_database):
    run_migrations("munbot_conversations", postgres_database)
    return postgres_database


@pytest.fixture(scope="module")
def session_factory(database):
    from munbot_conversations.tenants.models import Tenant

    engine = make_engine(MigrateSettings(database_url=database))
    factory = make_session_factory(engine)
    week = [{"weekday": day, "opens": "08:30", "closes": "14:00"} for day in range(5)]
    with factory.begin() as session:
        for tenant in TENANTS:
            session.add(
                Tenant(
                    id=tenant,
                    name=tenant.title(),
                    short_name=tenant,
                    timezone="America/Santiago",
                    attention_hours=week,
                    holidays_country="CL",
                )
            )
    yield factory
    engine.dispose()


@pytest.fixture
def worker_settings(database, rabbitmq_url, rasa):
    return WorkerSettings(
        database_url=database,
        rabbitmq_url=rabbitmq_url,
        rasa_url=rasa.url,
        rasa_timeout_seconds=5,
        poll_seconds=0.2,
        probe_seconds=0.2,
        sweep_seconds=0.2,
    )


@pytest.fixture
def start_worker(worker_settings, session_factory):
    """Callable that starts a whole worker in this process and returns it."""
    from munbot_conversations.worker import Worker

    started = []

    def start(pictures=None, files=None, **changes):
        worker = Worker(worker_settings.model_copy(update=changes), pictures=pictures, files=files)
        stop = threading.Event()
        threads = [threading.Thread(target=loop, args=(stop,), daemon=True) for loop in worker.loops().values()]
        worker.publisher.start()
        for thread in threads:
            thread.start()
        assert worker.publisher.wait_ready(10)
        started.append((worker, stop, threads))
        return worker

    yield start
    for _, stop, _ in started:
        stop.set()
    for worker, _, threads in started:
        for thread in threads:
            thread.join(10)
        worker.close()


@pytest.fixture
def worker(start_worker):
    running = start_worker()
    assert running.consumer.wait_ready(10)
    return running


@pytest.fixture
def channel(rabbitmq_url):
    """A channel's side of the broker: sends messages, keeps what comes out."""
    taken = []
    arrival = threading.Condition()

    def take(event):
        with arrival:
            taken.append((time.perf_counter(), event))
            arrival.notify_all()

    name = f"test.{uuid7()}"
    consumer = Consumer(rabbitmq_url, Subscription(name, ("message.#", "conversation.#")), take, name="test")
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    assert consumer.wait_ready(10)
    publisher = Publisher(rabbitmq_url, name="test").start()
    assert publisher.wait_ready(10)

    def of_type(kind, **fields):
        with arrival:
            return [
                event.data
                for _, event in taken
                if event.type == f"munbot.{kind}" and all(str(event.data.get(k)) == str(v) for k, v in fields.items())
            ]

    def wait_for(kind, count=1, timeout=15, **fields):
        deadline = time.monotonic() + timeout
        with arrival:
            while True:
                found = of_type(kind, **fields)
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                assert left > 0, f"{len(found)} of {count} {kind} {fields}"
                arrival.wait(left)

    def send(event):
        body = event.model_dump_json().encode()
        publisher.publish_and_wait([OutgoingMessage(routing_key(event.type), body, str(event.id), mandatory=True)])

    def send_many(events):
        publisher.publish_and_wait(
            [
                OutgoingMessage("message.received.v1", event.model_dump_json().encode(), str(event.id))
                for event in events
            ],
            timeout=60,
        )

    arrival = threading.Condition(threading.RLock())
    yield SimpleNamespace(
        taken=taken, send=send, send_many=send_many, of_type=of_type, wait_for=wait_for, publisher=publisher
    )
    stop.set()
    thread.join(10)
    publisher.close()


@pytest.fixture
def received():
    """Callable that makes a message.received event."""

    def make(text="hola", *, address=None, tenant="valle-claro", payload=None, provider_id=None, kind="text", **more):
        message_id = more.pop("message_id", None) or uuid7()
        data = MessageReceived(
            message_id=message_id,
            channel=more.pop("channel", "web"),
            account=more.pop("account", "widget"),
            provider_message_id=provider_id or str(message_id),
            sender=Sender(address=address or str(uuid7())),
            kind=kind,
            text=text,
            payload=payload,
            sent_at=datetime.now(UTC),
            **more,
        )
        event: Event[MessageReceived] = make_event(
            source="test", event_type=MESSAGE_RECEIVED, subject=str(message_id), tenant=tenant, data=data
        )
        return event

    return make


@pytest.fixture
def until():
    """Callable that waits for a condition with a deadline and returns its value."""

    def wait(condition, timeout=15, message="not in time"):
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.01)
        raise AssertionError(message)

    return wait


@pytest.fixture(scope="module")
def api_settings(database, key_pair, s3):
    endpoint, access_key, secret_key = s3
    return ApiSettings(
        s3_endpoint=endpoint,
        s3_access_key=access_key,
        s3_secret_key=secret_key,
        attachments_bucket="hub-tests",
        database_url=database,
        jwt_public_key=key_pair[1],
        jwt_private_key=key_pair[0],
        munbot_mode="demo",
        lockout_failures=3,
    )


@pytest.fixture
def store(s3):
    """The object store itself, keeping former versions of what is replaced."""
    from minio import Minio
    from minio.commonconfig import ENABLED
    from minio.versioningconfig import VersioningConfig

    endpoint, access_key, secret_key = s3
    client = Minio(endpoint.split("://")[1], access_key=access_key, secret_key=secret_key, secure=False)
    if not client.bucket_exists("hub-tests"):
        client.make_bucket("hub-tests")
    client.set_bucket_versioning("hub-tests", VersioningConfig(ENABLED))
    return client


@pytest.fixture(scope="module")
def client(api_settings, session_factory):
    from fastapi.testclient import TestClient
    from munbot_conversations.app import create_app

    with TestClient(create_app(api_settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def agents(session_factory):
    """Ids of the demo-like agents by (tenant, role)."""
    from munbot_conversations.agents.models import Agent
    from munbot_conversations.auth.passwords import hash_password

    hashed = hash_password("una clave larga")
    made = {}
    with session_factory.begin() as session:
        for tenant in TENANTS:
            for role in ("admin", "agent", "viewer"):
                agent = Agent(
                    id=uuid7(),
                    tenant_id=tenant,
                    email=f"{role}@{tenant}.cl",
                    name=f"{role} {tenant}",
                    role=role,
                    password_hash=hashed,
                )
                session.add(agent)
                made[tenant, role] = agent.id
    return made


@pytest.fixture(scope="module")
def headers(make_token, agents):
    """Callable: headers of an agent of a tenant, of a service, or of a visitor."""

    def make(role, tenant="valle-claro", **options):
        subject = str(agents[tenant, role]) if (tenant, role) in agents else None
        token = make_token(role, tenant, subject=options.pop("subject", subject), **options)
        extra = {"X-Munbot-Tenant": tenant} if role == "service" else {}
        return {"Authorization": f"Bearer {token}", **extra}

    return make


@pytest.fixture
def hears(database, session_factory, received):
    """Callable: a citizen's message reaches the hub, without a broker; returns its event."""
    from munbot_conversations.turns.ingest import Ingest

    config = WorkerSettings(database_url=database, rabbitmq_url="amqp://nowhere", rasa_url="http://nowhere")
    ingest = Ingest(session_factory, config, lambda _: None)

    def hear(text="hola", **options):
        event = received(text, **options)
        ingest.received(event, event.data)
        return event

    hear.ingest = ingest
    return hear

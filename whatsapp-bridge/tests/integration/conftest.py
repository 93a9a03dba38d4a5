"""What the tests of this room share: a migrated database, the API on real servers, and an ear at the broker."""

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from munbot_common.database import make_engine, make_session_factory, run_migrations
from munbot_common.messaging import Consumer, Subscription
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.accounts.vault import Vault
from munbot_whatsapp.settings import ApiSettings, MigrateSettings, WorkerSettings

CREDENTIALS = {"access_token": "EAAtoken", "app_secret": "app-secret", "verify_token": "verify-me"}
KEY = Fernet.generate_key().decode()


@pytest.fixture(scope="module")
def bridge_database(postgres_database):
    run_migrations("munbot_whatsapp", postgres_database)
    return postgres_database


@pytest.fixture(scope="module")
def sessions(bridge_database):
    engine = make_engine(MigrateSettings(database_url=bridge_database, whatsapp_key=KEY))
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def vault():
    return Vault(KEY)


@pytest.fixture(scope="module")
def add_account(sessions, vault):
    """Callable that adds an account with Meta's credentials and returns its row."""

    def add(slug=None, *, tenant="valle-claro", provider="meta", credentials=None, **fields):
        ref = str(100_000_000_000_000 + secrets.randbelow(10**14))
        row = AccountRow(
            tenant_id=tenant,
            slug=slug or f"cuenta-{ref}",
            name="Valle Claro",
            provider=provider,
            provider_ref=fields.pop("provider_ref", ref),
            base_url=fields.pop("base_url", "https://graph.facebook.com"),
            credentials=vault.seal(credentials or CREDENTIALS),
            active=fields.pop("active", True),
            **fields,
        )
        with sessions.begin() as session:
            session.add(row)
        return row

    return add


@pytest.fixture(scope="module")
def api_settings(bridge_database, rabbitmq_url, key_pair):
    return ApiSettings(
        munbot_mode="demo",
        database_url=bridge_database,
        rabbitmq_url=rabbitmq_url,
        redis_url=os.environ["MUNBOT_TEST_REDIS_URL"],
        jwt_public_key=key_pair[1],
        whatsapp_key=KEY,
        whatsapp_provider_hosts="127.0.0.1",
        public_url="https://munbot.valleclaro.cl",
    )


@pytest.fixture(scope="module")
def ear(rabbitmq_url):
    """Hears everything that is published; `events(...)` gives what has come."""
    heard, arrival = [], threading.Condition()

    def hear(event):
        with arrival:
            heard.append(event)
            arrival.notify_all()

    consumer = Consumer(rabbitmq_url, Subscription("test.ear", ("#",)), hear, name="test")
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
    thread.start()
    assert consumer.wait_ready(60)

    def events(kind="", **data):
        with arrival:
            return [
                event
                for event in heard
                if event.type.startswith(f"munbot.{kind}") and all(event.data.get(k) == v for k, v in data.items())
            ]

    def wait_for(kind, count=1, timeout=60, **data):
        deadline = time.monotonic() + timeout
        while True:
            with arrival:
                found = events(kind, **data)
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                assert left > 0, f"{len(found)} of {count} {kind} {data}"
                arrival.wait(left)

    yield SimpleNamespace(events=events, wait_for=wait_for, heard=heard)
    stop.set()
    thread.join(10)


@pytest.fixture(scope="module")
def client(api_settings, sessions, ear):
    from fastapi.testclient import TestClient
    from munbot_whatsapp.app import create_app

    with TestClient(create_app(api_settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def bearer(make_token):
    """Callable: headers of an official or of a service."""

    def make(role="admin", tenant="valle-claro"):
        extra = {"X-Munbot-Tenant": tenant} if role == "service" else {}
        return {"Authorization": f"Bearer {make_token(role, tenant)}", **extra}

    return make


def meta_body(account, messages=(), statuses=(), *, ref=None):
    """A webhook of the Cloud API."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "56222340001", "phone_number_id": ref or account.provider_ref},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": message["from"]} for message in messages],
    }
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def meta_text(text="Hola", *, message_id=None, sender="56912345678", **fields):
    given = {"from": sender, "id": message_id or f"wamid.{secrets.token_hex(12)}", "timestamp": str(int(time.time()))}
    return given | (fields or {"type": "text", "text": {"body": text}})


@pytest.fixture(scope="module")
def meta():
    """Shapes of the Cloud API: `meta.body(account, [meta.text("Hola")])`, `meta.signature(body)`."""
    return SimpleNamespace(
        body=meta_body,
        text=meta_text,
        signature=lambda body, secret="app-secret": (
            "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        ),
    )


@pytest.fixture(scope="module")
def post(client, meta):
    """Callable that posts a body to an account's webhook, signed unless told otherwise."""

    def send(account, body, *, signature=None, provider="meta", slug=None):
        headers = {"X-Hub-Signature-256": meta.signature(body) if signature is None else signature}
        return client.post(f"/webhooks/whatsapp/{provider}/{slug or account.slug}", content=body, headers=headers)

    return send


@pytest.fixture(scope="module")
def worker_settings(bridge_database, rabbitmq_url, key_pair, s3):
    return WorkerSettings(
        munbot_mode="demo",
        database_url=bridge_database,
        rabbitmq_url=rabbitmq_url,
        jwt_public_key=key_pair[1],
        service_token="service-token",
        whatsapp_key=KEY,
        s3_endpoint=s3[0],
        s3_access_key=s3[1],
        s3_secret_key=s3[2],
        media_max_bytes=100_000,
    )


@pytest.fixture
def server():
    """A server whose answers are functions by (method, path): `server.answers["GET", "/x"] = lambda request: …`.

    A function is given the request (headers, path, body) and returns (status, content type, bytes).
    """
    answers, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self):
            self.body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append(self)
            status, kind, data = answers.get((self.command, self.path.partition("?")[0]), _nothing)(self)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{http.server_port}", answers=answers, asked=asked)
    http.shutdown()
    http.server_close()


def _nothing(_request):
    return 404, "application/json", b"{}"

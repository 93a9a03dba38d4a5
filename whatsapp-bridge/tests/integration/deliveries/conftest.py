"""A migrated PostgreSQL with one office, and a provider of its own that speaks HTTP and keeps what it is sent."""

import json
import subprocess
import sys
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from munbot_common.database import make_session_factory, run_migrations, unit_of_work
from munbot_common.ids import uuid7
from munbot_common.messaging import Heard
from munbot_whatsapp.accounts.models import AccountRow
from munbot_whatsapp.citizens.models import Citizen
from munbot_whatsapp.deliveries import service
from munbot_whatsapp.deliveries.contents import Content
from munbot_whatsapp.deliveries.models import Delivery, Part
from munbot_whatsapp.deliveries.progress import apply_status
from munbot_whatsapp.deliveries.sender import SenderPool
from munbot_whatsapp.events import StatusReceived
from munbot_whatsapp.providers.base import Account
from sqlalchemy import create_engine, select, text, update


class Wire:
    """The provider: takes every message, and answers with an id of its own."""

    def __init__(self):
        self.sends = []
        self.on_send = None
        self._lock = threading.Lock()
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
                answer = json.dumps({"id": wire.take(sent)}).encode()
                self.send_response(200)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, sent):
        with self._lock:
            sent["id"] = f"wamid.{len(self.sends)}"
            self.sends.append(sent)
        if self.on_send:
            self.on_send(sent)
        return sent["id"]

    def texts(self):
        """What each citizen has got, in order."""
        got = defaultdict(list)
        for sent in list(self.sends):
            got[sent["to"]].append(sent["text"])
        return dict(got)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


class Office:
    """An account of the bridge, with what is queued in it."""

    def __init__(self, factory):
        self.factory = factory
        with unit_of_work(factory) as session:
            account = AccountRow(
                tenant_id="valle-claro",
                slug=f"office-{uuid7()}",
                name="Valle Claro",
                provider="meta",
                provider_ref=str(uuid7()),
                base_url="http://provider",
                credentials=b"",
            )
            session.add(account)
        self.account = account
        self._numbers = iter(range(56900000000, 56999999999))

    def citizen(self):
        return str(next(self._numbers))

    def queue(self, address, text="", *, message_id=None, origin="conversation", shows_buttons=True, **content):
        """Queue a message; returns its id."""
        message_id = message_id or uuid7()
        with unit_of_work(self.factory) as session:
            service.queue(
                session,
                self.account,
                message_id=message_id,
                address=address,
                content=Content(text=text, **content),
                correlation_id="c",
                looks=SimpleNamespace(shows_buttons=shows_buttons, text_limit=4096),
                origin=origin,
            )
        return message_id

    def tell(self, sent, status="sent", *, reference=True, decision=None, code=None):
        """Let the provider tell of a message that it was sent; returns what became of it."""
        heard = StatusReceived(
            account=self.account.slug,
            provider_message_id=sent["id"],
            reference=sent["reference"] if reference else None,
            status=status,
            at="2026-11-23T12:00:00Z",
            error_code=code,
            decision=decision,
        )
        with unit_of_work(self.factory) as session:
            return apply_status(session, account_id=self.account.id, status=heard)

    def lane(self, address):
        with self.factory() as session:
            return session.get(Citizen, (self.account.id, address))

    def account_now(self):
        with self.factory() as session:
            return session.get(AccountRow, self.account.id)

    def set(self, **values):
        with unit_of_work(self.factory) as session:
            session.execute(update(AccountRow).where(AccountRow.id == self.account.id).values(**values))

    def execute(self, statement, **values):
        with unit_of_work(self.factory) as session:
            result = session.execute(text(statement), values)
            return result.freeze()() if result.returns_rows else result

    def later(self, interval="1 hour"):
        """Let time pass for everything that waits."""
        past = f"- interval '{interval}'"
        self.execute(f"UPDATE citizens SET due_at = due_at {past}")
        self.execute(
            f"UPDATE parts SET sending_since = sending_since {past}, next_attempt_at = next_attempt_at {past} "
            "WHERE state IN ('queued', 'sending')"
        )
        self.execute(f"UPDATE accounts SET paused_until = paused_until {past}")

    def parts(self, message_id=None):
        with self.factory() as session:
            wanted = select(Part).where(Part.account_id == self.account.id).order_by(Part.position)
            return session.scalars(wanted.where(Part.delivery_id == message_id) if message_id else wanted).all()

    def delivery(self, message_id):
        with self.factory() as session:
            return session.get(Delivery, message_id)

    def statuses_told(self, message_id):
        """The message.status.v1 of one message, in order."""
        with self.factory() as session:
            rows = session.execute(
                text("SELECT body FROM outbox WHERE body->>'subject' = :id ORDER BY seq"), {"id": str(message_id)}
            )
            return [row.body["data"]["status"] for row in rows]


class Scripted:
    """A provider in this process: answers each text as it is told to, else takes it.

    `script`: by text, what its first calls end with: an exception, or something to be called.
    """

    name = "meta"

    def __init__(self, *, shows_buttons=True):
        self.shows_buttons = shows_buttons
        self.text_limit = 4096
        self.script = defaultdict(list)
        self.calls = []
        self.taken = []
        self._lock = threading.Lock()

    def send(self, account, message):
        with self._lock:
            self.calls.append(message)
            answers = self.script[message.text]
            answer = answers.pop(0) if answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer:
            answer(message)
        with self._lock:
            sent = {"id": f"wamid.{uuid7()}", "to": message.to, "text": message.text, "reference": message.reference}
            self.taken.append(sent)
        return sent["id"]

    def texts(self):
        return [sent["text"] for sent in self.taken]


class Zygote:
    """Makes sender processes that die at a given step. See mortal.py."""

    def __init__(self, database, wire_url):
        program = Path(__file__).with_name("mortal.py")
        self._process = subprocess.Popen(
            [sys.executable, str(program), database, wire_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, **orders):
        """Start a process; returns its pid."""
        return self._ask(do="start", **orders)

    def wait(self, pid):
        """Wait for the end of a process: its exit code, or minus the signal that killed it."""
        return self._ask(do="wait", pid=pid)

    def run(self, **orders):
        return self.wait(self.start(**orders))

    def close(self):
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _ask(self, **orders):
        self._process.stdin.write(json.dumps(orders) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@pytest.fixture(scope="module")
def factory(postgres_database):
    run_migrations("munbot_whatsapp", postgres_database)
    engine = create_engine(postgres_database, pool_size=20)
    yield make_session_factory(engine)
    engine.dispose()


@pytest.fixture
def office(factory):
    office = Office(factory)
    yield office
    office.execute("DELETE FROM deliveries")
    office.execute("DELETE FROM citizens")
    office.execute("DELETE FROM outbox")
    office.execute("DELETE FROM accounts")


@pytest.fixture
def wire():
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def zygote(postgres_database, wire):
    zygote = Zygote(postgres_database, wire.url)
    yield zygote
    zygote.close()


@pytest.fixture
def settings():
    return SimpleNamespace(senders=3, send_grace_seconds=30.0, deliveries_days=30)


@pytest.fixture
def provider():
    return Scripted()


EVERYTHING = Heard(since=1e6, lag=0.0)


@pytest.fixture
def make_pool(factory, settings, provider, monkeypatch):
    """Callable that returns a pool of senders whose quick tries follow at once."""
    monkeypatch.setattr("munbot_whatsapp.deliveries.sender.quick_pause", lambda tried: 0.0)

    def make(**changes):
        return SenderPool(
            changes.get("factory", factory),
            changes.get("settings", settings),
            provider=changes.get("provider", lambda name: provider),
            open_account=changes.get(
                "open_account",
                lambda row: Account(
                    row.slug, row.tenant_id, row.provider, row.provider_ref, row.base_url, {}, row.options
                ),
            ),
            load_media=changes.get("load_media"),
            heard=lambda: changes.get("heard", EVERYTHING),
            on_commit=lambda: None,
        )

    return make


@pytest.fixture
def send(office, make_pool):
    """Callable that runs a pool until no lane is due and no sender is at work."""

    def run(**changes):
        pool, stop = make_pool(**changes), threading.Event()
        thread = threading.Thread(target=pool.run, args=(stop,))
        thread.start()
        waiting = (
            "SELECT count(*) FROM citizens c JOIN accounts a ON a.id = c.account_id WHERE c.lease_token IS NOT NULL OR "
            "(c.due_at <= now() AND a.stopped_reason IS NULL AND coalesce(a.paused_until, now()) <= now())"
        )
        deadline = time.monotonic() + 60
        while office.execute(waiting).scalar():
            assert time.monotonic() < deadline, "the senders do not come to an end"
            time.sleep(0.02)
        stop.set()
        pool.wake()
        thread.join(30)
        assert not thread.is_alive()

    return run

"""The server as it runs: PostgreSQL, Redis and an action server that can be taken away.

Uses the development servers named by MUNBOT_TEST_POSTGRES_URL and MUNBOT_TEST_REDIS_URL; skipped without them.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from munbot_rasa.project import find_project

POSTGRES, REDIS = os.environ.get("MUNBOT_TEST_POSTGRES_URL"), os.environ.get("MUNBOT_TEST_REDIS_URL")
pytestmark = pytest.mark.skipif(not (POSTGRES and REDIS), reason="MUNBOT_TEST_POSTGRES_URL or _REDIS_URL is not set")

DOMAIN = """
version: "3.1"
intents: [greet, {inform: {use_entities: []}}]
entities: [slot_start]
slots: {slot_start: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: slot_start}]}}
actions: [action_answer]
"""
NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hola
      - buenos días
  - intent: inform
    examples: |
      - el lunes
      - mañana a las diez
"""
RULES = """
version: "3.1"
rules:
  - rule: greet
    steps: [{intent: greet}, {action: action_answer}]
  - rule: inform
    steps: [{intent: inform}, {action: action_answer}]
"""


class ActionServer:
    """Answer every action with one text; on wish slowly, or with an error."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.status = 200
        self.delay = threading.Event()
        self.delay.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.calls.append(body)
                outer.delay.wait(30)
                answer = json.dumps({"events": [], "responses": [{"text": f"respuesta {len(outer.calls)}"}]}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_args: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.delay.set()
        self._server.shutdown()


class Rasa:
    """Start and kill the server, and talk to it."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {**environment, "PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "munbot_rasa", "run"], env=self._environment)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the server ended"
            try:
                self.get("/status")
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise AssertionError("the server did not start")

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return json.loads(answer.read())

    def say(self, sender: str, text: Any, message_id: str = "m1", timeout: float = 40) -> tuple[int, Any]:
        body = json.dumps({"sender": sender, "message": text, "metadata": {"message_id": message_id}}).encode()
        headers = {"Content-Type": "application/json"}
        url = f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=timeout) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def messages(self, sender: str) -> list[str]:
        events = self.get(f"/conversations/{sender}/tracker?include_events=ALL")["events"]
        return [event["metadata"]["message_id"] for event in events if event["event"] == "user"]


@pytest.fixture(scope="module")
def actions() -> Iterator[ActionServer]:
    server = ActionServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    assert POSTGRES is not None
    name = f"rasa_test_{uuid.uuid4().hex[:8]}"
    admin = psycopg2.connect(POSTGRES.replace("+psycopg2", ""))
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(POSTGRES)._replace(path=f"/{name}"))
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="module")
def rasa(tmp_path_factory: pytest.TempPathFactory, actions: ActionServer, database: str) -> Iterator[Rasa]:
    home, real = tmp_path_factory.mktemp("rasa"), find_project().home
    for name, content in (("domain/domain.yml", DOMAIN), ("data/nlu.yml", NLU), ("data/rules.yml", RULES)):
        path: Path = home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for name in ("config.yml", "endpoints.yml", "credentials.yml"):
        (home / name).write_text((real / name).read_text(encoding="utf-8"), encoding="utf-8")
    environment = {**os.environ, "RASA_HOME": str(home), "HOST": "127.0.0.1", "DATABASE_URL": database}
    environment |= {"REDIS_URL": str(REDIS), "ACTIONS_URL": actions.url}
    subprocess.run([sys.executable, "-m", "munbot_rasa", "train"], env=environment, check=True)
    server = Rasa(environment)
    server.start()
    yield server
    server.kill(signal.SIGTERM)


def test_metadata_reaches_the_tracker_and_the_action(rasa: Rasa, actions: ActionServer) -> None:
    status, replies = rasa.say("meta.1", "hola", "id-1")
    assert status == 200
    assert [reply["recipient_id"] for reply in replies] == ["meta.1"]
    assert rasa.messages("meta.1") == ["id-1"]
    assert actions.calls[-1]["tracker"]["latest_message"]["metadata"] == {"message_id": "id-1"}
    assert "domain" not in actions.calls[-1]


def test_a_button_sets_its_slot(rasa: Rasa) -> None:
    status, _ = rasa.say("button.1", '/inform{"slot_start": "2026-11-24T10:15:00-03:00"}')
    assert status == 200
    assert rasa.get("/conversations/button.1/tracker")["slots"]["slot_start"] == "2026-11-24T10:15:00-03:00"


@pytest.mark.parametrize(
    "text", ["", "😂", "<b>hola</b>", "a" * 10_000, "/nada", "/inform{nonsense", "\x01", "ñ" * 300]
)
def test_any_text_is_answered(rasa: Rasa, text: str) -> None:
    assert rasa.say("any.1", text, "x")[0] == 200


@pytest.mark.parametrize("text", [None, 5, ["hola"], "a" * 20_001])
def test_what_is_no_message_is_refused(rasa: Rasa, text: Any) -> None:
    assert rasa.say("bad.1", text)[0] == 400


def test_a_turn_without_its_action_is_not_half_done(rasa: Rasa, actions: ActionServer) -> None:
    assert rasa.say("torn.1", "hola", "before")[0] == 200
    actions.status = 500
    try:
        status, body = rasa.say("torn.1", "hola", "torn")
    finally:
        actions.status = 200
    assert (status, body["reason"]) == (503, "TurnNotFinished")
    assert rasa.messages("torn.1") == ["before"]
    assert rasa.say("torn.1", "hola", "torn")[0] == 200
    assert rasa.messages("torn.1") == ["before", "torn"]


def test_kill_in_the_middle_of_a_turn_leaves_the_tracker_as_before(rasa: Rasa, actions: ActionServer) -> None:
    assert rasa.say("killed.1", "hola", "first")[0] == 200
    calls = len(actions.calls)
    actions.delay.clear()

    def lose() -> None:
        with contextlib.suppress(OSError):
            rasa.say("killed.1", "hola", "second")

    turn = threading.Thread(target=lose, daemon=True)
    turn.start()
    deadline = time.monotonic() + 20
    while len(actions.calls) == calls and time.monotonic() < deadline:
        time.sleep(0.01)
    rasa.kill()
    actions.delay.set()
    turn.join(30)
    rasa.start()
    assert rasa.messages("killed.1") == ["first"]
    status, replies = rasa.say("killed.1", "hola", "second")
    assert (status, len(replies)) == (200, 1)
    assert rasa.messages("killed.1") == ["first", "second"]


def test_two_messages_of_one_conversation_wait_for_each_other(rasa: Rasa, actions: ActionServer) -> None:
    actions.delay.clear()
    answers: list[int] = []
    turns = [
        threading.Thread(target=lambda number=number: answers.append(rasa.say("two.1", "hola", f"m{number}")[0]))
        for number in range(3)
    ]
    for turn in turns:
        turn.start()
    actions.delay.set()
    for turn in turns:
        turn.join(60)
    assert answers == [200, 200, 200]
    assert sorted(rasa.messages("two.1")) == ["m0", "m1", "m2"]

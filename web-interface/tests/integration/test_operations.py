import json
import os
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pika
import pytest
from munbot_common.ids import uuid7
from munbot_common.messaging import ATTEMPTS_HEADER, REASON_HEADER, Consumer, PermanentError, Subscription
from munbot_common.traces import Traces
from munbot_contracts.audit import AUDIT_NOTED
from munbot_contracts.people import Person
from munbot_web.operations.letters import DeadLetters

PATIENCE = 60  # seconds; whoever waits goes on at once when it comes
BASE = "/api/operations/v1"


@pytest.fixture(scope="module")
def settings(settings):
    return settings.model_copy(update={"rabbitmq_api_url": os.environ["MUNBOT_TEST_RABBITMQ_API"]})


@pytest.fixture
def queue(rabbitmq_url):
    """A consumer's queue of this test alone."""
    subscription = Subscription(f"prueba.{uuid4().hex[:8]}", ("prueba.paso.v1",))
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        channel = connection.channel()
        subscription.declare(channel)
        yield subscription
        for name in (subscription.queue, subscription.dead_queue, *(subscription.retry_queue(n) for n in (1, 2, 3))):
            connection.channel().queue_delete(name)


@pytest.fixture
def ask(gateway, make_token):
    with httpx.Client(base_url=gateway, timeout=PATIENCE) as http:

        def call(method, path, *, role="admin", tenant="valle-claro", **options):
            headers = {"Authorization": f"Bearer {make_token(role, tenant, conversation_id=None)}"}
            return http.request(method, BASE + path, headers=headers, **options)

        yield call


@pytest.fixture
def put(rabbitmq_url):
    """Publish straight into a queue; returns the id."""

    def publish(queue, tenant="valle-claro", *, body=None, headers=None, kind="munbot.prueba.paso.v1", **data):
        event = {
            "specversion": "1.0",
            "id": str(uuid7()),
            "source": "/munbot/test",
            "type": kind,
            "subject": "asunto",
            "time": datetime.now(UTC).isoformat(),
            "tenant": tenant,
            "correlationid": "correlation-1",
            "data": data,
        }
        with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.basic_publish(
                "",
                queue,
                body or json.dumps(event).encode(),
                pika.BasicProperties(message_id=None if body else event["id"], headers=headers, delivery_mode=2),
                mandatory=True,
            )
        return event["id"]

    return publish


@contextmanager
def working(url, subscription, handler, until):
    """Run a real consumer until `until` is set."""
    stop = threading.Event()
    thread = threading.Thread(target=Consumer(url, subscription, handler, name="test").run, args=(stop,), daemon=True)
    thread.start()
    try:
        assert until.wait(PATIENCE)
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)


def depths(rabbitmq_url, subscription):
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        return [
            connection.channel().queue_declare(name, passive=True).method.message_count
            for name in (subscription.queue, subscription.dead_queue)
        ]


def dead(ask, queue, **options):
    answer = ask("GET", f"/dead-letters?queue={queue.queue}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_what_a_consumer_gave_up_is_listed_and_replayed_once(ask, put, queue, rabbitmq_url):
    gave_up, handled = threading.Event(), []

    def refuse(event):
        gave_up.set()
        raise PermanentError("no such thing")

    sent = put(queue.queue, name="Marcela Soto", rut="15482903-2")
    with working(rabbitmq_url, queue, refuse, gave_up):
        deadline = time.monotonic() + PATIENCE
        while not (items := dead(ask, queue)):
            assert time.monotonic() < deadline
    (letter,) = items
    assert (letter["id"], letter["type"], letter["subject"]) == (sent, "munbot.prueba.paso.v1", "asunto")
    assert (letter["reason"], letter["attempts"], letter["correlation_id"]) == ("PermanentError", 1, "correlation-1")
    assert "Marcela" not in json.dumps(items)
    assert "15482903" not in json.dumps(items)

    wish = {"queue": queue.queue, "ids": [sent]}
    assert ask("POST", "/dead-letters/replay", json=wish).json() == {"done": [sent], "missing": []}
    assert ask("POST", "/dead-letters/replay", json=wish).json() == {"done": [], "missing": [sent]}
    mended = threading.Event()

    def take(event):
        handled.append(event)
        mended.set()

    with working(rabbitmq_url, queue, take, mended):
        pass
    assert [(str(event.id), event.data["name"]) for event in handled] == [(sent, "Marcela Soto")]
    assert depths(rabbitmq_url, queue) == [0, 0]


def test_looking_takes_nothing_away_and_keeps_the_order(ask, put, queue, rabbitmq_url):
    sent = [put(queue.dead_queue, headers={ATTEMPTS_HEADER: 10, REASON_HEADER: "KeyError"}) for _ in range(5)]
    for _ in range(3):
        assert [letter["id"] for letter in dead(ask, queue)] == sent
    assert depths(rabbitmq_url, queue) == [0, 5]


def test_a_replayed_letter_begins_again(ask, put, queue, rabbitmq_url):
    sent = put(
        queue.dead_queue,
        headers={ATTEMPTS_HEADER: 10, REASON_HEADER: "KeyError", "kept": "yes", "x-delivery-count": 9},
        n=7,
    )
    ask("POST", "/dead-letters/replay", json={"queue": queue.queue, "ids": [sent]})
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        _, properties, body = connection.channel().basic_get(queue.queue)
    assert {name: value for name, value in properties.headers.items() if value} == {"kept": "yes"}
    assert (properties.message_id, properties.delivery_mode) == (sent, 2)
    assert json.loads(body)["data"] == {"n": 7}


def test_only_the_named_ones_are_discarded(ask, put, queue):
    first, second, third = (put(queue.dead_queue) for _ in range(3))
    gone = str(uuid7())
    answer = ask("POST", "/dead-letters/discard", json={"queue": queue.queue, "ids": [third, gone, first]})
    assert answer.json() == {"done": [third, first], "missing": [gone]}
    assert [letter["id"] for letter in dead(ask, queue)] == [second]


def test_an_erasure_takes_what_names_the_person_and_leaves_what_the_audit_log_has_not_heard(put, queue, rabbitmq_url):
    hour = str(uuid7())
    put(queue.dead_queue, appointment_id=hour)
    told = put(queue.dead_queue, kind=AUDIT_NOTED, object_id=hour, action="appointment.erased")
    letters, traces = DeadLetters(rabbitmq_url), Traces(Person(rut="15482903-2", addresses=(hour,)))
    assert [letters.naming("valle-claro", [queue.queue], traces, discard=discard) for discard in (False, True)] == [
        1,
        1,
    ]
    assert [letter.id for letter in letters.of("valle-claro", [queue.queue])[0]] == [told]


@pytest.mark.parametrize(("what", "done"), [("replay", "replayed"), ("discard", "discarded")])
def test_who_did_it_is_noted_once_and_only_for_what_was_there(ask, put, queue, hub, what, done):
    sent = put(queue.dead_queue, headers={ATTEMPTS_HEADER: 10, REASON_HEADER: "KeyError"}, rut="15482903-2")
    wish = {"queue": queue.queue, "ids": [sent, "gone"]}
    for _ in range(2):  # the second time nothing is there any more
        assert ask("POST", f"/dead-letters/{what}", json=wish).status_code == 200
    (entry,) = [entry for entry in hub.audit.values() if entry["object_id"] == queue.queue]
    assert (entry["tenant"], entry["action"], entry["object_type"]) == ("valle-claro", f"dead_letters.{what}", "queue")
    assert (entry["actor_role"], bool(entry["actor"])) == ("admin", True)
    assert entry["before"] == {"dead_letters": [f"munbot.prueba.paso.v1 {sent} (KeyError)"]}
    assert entry["after"] == {done: 1}


@pytest.mark.parametrize("what", ["replay", "discard"])
def test_what_cannot_be_noted_is_not_done(ask, put, queue, hub, rabbitmq_url, monkeypatch, what):
    sent = put(queue.dead_queue)
    monkeypatch.setattr(hub, "audit_away", True)
    answer = ask("POST", f"/dead-letters/{what}", json={"queue": queue.queue, "ids": [sent]})
    assert (answer.status_code, answer.json()["code"]) == (503, "audit_away")
    assert depths(rabbitmq_url, queue) == [0, 1]


def test_a_tenants_letters_are_its_own(ask, put, queue, rabbitmq_url):
    ours, theirs = put(queue.dead_queue), put(queue.dead_queue, "punta-brava")
    assert [letter["id"] for letter in dead(ask, queue)] == [ours]
    assert [letter["id"] for letter in dead(ask, queue, tenant="punta-brava")] == [theirs]
    for what in ("replay", "discard"):
        answer = ask("POST", f"/dead-letters/{what}", json={"queue": queue.queue, "ids": [theirs]})
        assert answer.json() == {"done": [], "missing": [theirs]}
    assert depths(rabbitmq_url, queue) == [0, 2]


def test_what_is_no_event_shows_nothing_of_itself_and_can_go(ask, put, queue):
    put(queue.dead_queue, body=b"no es un evento: 15482903-2")
    (letter,) = dead(ask, queue)
    assert (letter["type"], letter["subject"], letter["size"]) == (None, None, 27)
    assert "15482903" not in json.dumps(letter)
    assert ask("POST", "/dead-letters/discard", json={"queue": queue.queue, "ids": [letter["id"]]}).json()["done"]
    assert dead(ask, queue) == []


def test_a_failure_between_confirm_and_acknowledgement_loses_nothing(put, queue, rabbitmq_url, monkeypatch):
    from pika.adapters.blocking_connection import BlockingChannel
    from pika.exceptions import AMQPConnectionError

    sent = put(queue.dead_queue)

    def dies(*_, **__):
        raise AMQPConnectionError

    monkeypatch.setattr(BlockingChannel, "basic_ack", dies)
    with pytest.raises(Exception, match="sistema de mensajes"):
        DeadLetters(rabbitmq_url).replay("valle-claro", queue.queue, [sent], lambda _letters: None)
    monkeypatch.undo()
    # In both queues: the consumer's inbox knows the id, should both be handled.
    assert depths(rabbitmq_url, queue) == [1, 1]


def test_queues_are_counted_with_what_belongs_to_them(ask, put, queue):
    put(queue.queue)
    put(queue.dead_queue)
    put(queue.retry_queue(3))
    deadline = time.monotonic() + PATIENCE
    while True:  # the broker counts every few seconds
        answer = ask("GET", "/queues")
        assert answer.status_code == 200, answer.text
        found = {item["name"]: item for item in answer.json()["items"]}
        mine = found.get(queue.queue)
        if mine and mine["dead"] == 1:
            break
        assert time.monotonic() < deadline
    assert (mine["ready"], mine["consumers"], mine["retrying"], mine["lasting"]) == (1, 0, 1, True)
    assert not any(name.endswith((".dead", ".retry.1")) for name in found)
    instance = next(item for name, item in found.items() if name.startswith("web.outbound."))
    assert (instance["lasting"], instance["consumers"]) == (False, 1)


def test_all_queues_are_looked_through(ask, put, queue):
    sent = put(queue.dead_queue)
    answer = ask("GET", "/dead-letters").json()
    assert answer["complete"] is True
    assert sent in [letter["id"] for letter in answer["items"]]


def test_every_service_is_asked(ask):
    answer = ask("GET", "/services").json()
    states = {item["name"]: item["status"] for item in answer["items"]}
    assert states["web-interface"] == "ok"
    # The two addresses that the fake hub serves answer, but know no /readyz; nobody is at the others.
    assert states["conversations"] == states["scheduler"] == "unavailable"
    assert states["llm-gateway"] == states["rasa"] == "away"
    assert datetime.fromisoformat(answer["checked_at"]).tzinfo


@pytest.mark.parametrize("role", ["viewer", "agent", "service", "visitor"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/services"),
        ("GET", "/queues"),
        ("GET", "/dead-letters"),
        ("POST", "/dead-letters/replay"),
        ("POST", "/dead-letters/discard"),
    ],
)
def test_only_administrators(ask, put, queue, method, path, role):
    sent = put(queue.dead_queue)
    options = {"json": {"queue": queue.queue, "ids": [sent]}} if method == "POST" else {}
    answer = ask(method, path, role=role, **options)
    assert answer.status_code == (422 if role == "service" else 403)  # a service names no tenant here
    assert [letter["id"] for letter in dead(ask, queue)] == [sent]


def test_nobody_without_a_token(gateway):
    assert httpx.get(f"{gateway}{BASE}/queues", timeout=PATIENCE).status_code == 401


@pytest.mark.parametrize("name", ["conversations.received", "no-existe"])
@pytest.mark.parametrize("what", ["replay", "discard"])
def test_queues_that_keep_no_dead_letters_are_unknown(ask, name, what):
    answer = ask("POST", f"/dead-letters/{what}", json={"queue": name, "ids": ["x"]})
    assert (answer.status_code, answer.json()["code"]) == (404, "queue_unknown")
    assert ask("GET", f"/dead-letters?queue={name}").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [{}, {"queue": "a", "ids": []}, {"queue": "a/b", "ids": ["x"]}, {"queue": "a", "ids": ["x"] * 501}, {"queue": 3}],
)
def test_wishes_without_sense_are_refused(ask, wish):
    assert ask("POST", "/dead-letters/replay", json=wish).status_code == 422

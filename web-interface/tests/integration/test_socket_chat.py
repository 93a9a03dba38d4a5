import queue
import time
from uuid import UUID, uuid4

import engineio
import httpx
import pytest
import requests
import socketio

PATIENCE = 30  # seconds; whoever waits goes on at once when it comes


class InOrder(engineio.Client):
    """The library gives every packet to a thread of its own, and two may change places. Here none does."""

    def _trigger_event(self, event, *args, **options):
        return super()._trigger_event(event, *args, **options | {"run_async": False})


class Socket(socketio.Client):
    def __init__(self, **options):
        http = requests.Session()
        # The polling thread would look for proxies in the environment while pytest changes it.
        http.trust_env = False
        super().__init__(reconnection=False, http_session=http, **options)

    def _engineio_client_class(self):
        return InOrder


class Client:
    """A widget without a face."""

    def __init__(self, url, token, last_seq=None, origin=None, **options):
        self.events = queue.Queue()
        # The client library puts an Origin of its own beside one given as a header.
        self.io = Socket(websocket_extra_options={"origin": origin} if origin else {})
        for name in ("bot_message", "user_message", "typing", "session", "message_feedback"):
            self.io.on(name, lambda data, name=name: self.events.put((name, data)))
        auth = {"token": token} | ({} if last_seq is None else {"last_seq": last_seq})
        self.io.connect(url, auth=auth, wait_timeout=PATIENCE, **options)

    def send(self, message, **more):
        return self.io.call("user_uttered", {"message": message, **more}, timeout=PATIENCE)

    def rate(self, **data):
        return self.io.call("message_feedback", data, timeout=PATIENCE)

    def next(self, name):
        deadline = time.monotonic() + PATIENCE
        while True:
            got, data = self.events.get(timeout=max(0.01, deadline - time.monotonic()))
            if got == name:
                return data

    def close(self):
        # The library's own disconnect waits for the end of the long poll, up to one ping interval.
        if self.io.transport() == "polling":
            self.io.eio.disconnect(abort=True)
        else:
            self.io.disconnect()


@pytest.fixture
def session(gateway):
    return httpx.post(f"{gateway}/api/chat/sessions", json={"tenant": "valle-claro"}, timeout=PATIENCE).json()


@pytest.fixture
def connect(gateway, session, hub):
    """Connect as the session's citizen, and wait until all is read that the replay will bring.

    What is said afterwards comes live and not by the replay too.
    """
    clients = []

    def make(url=gateway, token=session["token"], **options):
        before = hub.reads.copy()
        client = Client(url, token, **options)
        clients.append(client)
        client.session = client.next("session")
        conversation = client.session["conversation_id"]
        hub.wait_until_read(conversation, before[conversation] + 1, PATIENCE)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.mark.parametrize("transports", [["websocket"], ["polling"]])
def test_a_turn(connect, session, transports):
    client = connect(transports=transports)
    assert client.session == {"conversation_id": session["conversation_id"]}
    ack = client.send("dos", client_message_id=str(uuid4()))
    assert ack["ok"] is True
    assert client.next("typing") == {"on": True}
    first, second = client.next("bot_message"), client.next("bot_message")
    assert [first["text"], second["text"]] == ["uno", "dos"]
    assert (first["turn_index"], second["turn_index"], second["turn_count"]) == (0, 1, 2)
    assert first["in_reply_to"] == ack["message_id"]
    assert first["sender_type"] == "bot"
    assert second["buttons"][0] == {"title": "Sí", "payload": "/affirm"}
    assert client.next("typing") == {"on": False}


def test_what_was_missed_comes_after_a_reconnection(connect, hub, session):
    client = connect()
    client.send("hola")
    seq = client.next("bot_message")["seq"]
    client.close()
    hub.say(UUID(session["conversation_id"]), "le escribe una persona", sender="agent", tell=False)
    again = connect(last_seq=seq)
    missed = again.next("bot_message")
    assert (missed["text"], missed["sender_type"], missed["seq"]) == ("le escribe una persona", "agent", seq + 1)


def test_a_client_that_has_seen_nothing_gets_all_of_it(connect):
    first = connect()
    first.send("hola")
    first.next("bot_message")
    again = connect()
    assert again.next("user_message")["text"] == "hola"
    assert again.next("bot_message")["text"] == "eco: hola"


def test_every_instance_reaches_its_own_sockets(connect, second_gateway):
    here, there = connect(), connect(url=second_gateway)
    here.send("hola", client_message_id="a")
    assert here.next("bot_message")["id"] == there.next("bot_message")["id"]


def test_another_tab_sees_what_was_written_and_the_writer_does_not_see_it_twice(connect):
    one, two = connect(), connect()
    one.send("hola", client_message_id="abc")
    assert two.next("user_message")["client_message_id"] == "abc"
    one.next("bot_message")
    assert all(name != "user_message" for name, _ in list(one.events.queue))


def test_a_resent_message_has_one_effect(connect, hub, session):
    client = connect()
    first, second = (client.send("hola", client_message_id="igual") for _ in range(2))
    assert first == second
    client.next("bot_message")
    assert client.send("otro texto", client_message_id="igual")["error"]["code"] == "idempotency_key_reused"
    stored = [m for m in hub.messages[UUID(session["conversation_id"])] if m["direction"] == "in"]
    assert len(stored) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"message": "  "}, "message_empty"),
        ({"message": "a" * 10_000}, "message_too_long"),
        ({"message": "hola", "payload": "x" * 2_000}, "payload_invalid"),
        ({}, "invalid"),
        ("hola", "invalid"),
        ({"message": 7}, "invalid"),
        (None, "invalid"),
    ],
)
def test_bad_messages_get_a_reason(connect, data, code):
    ack = connect().io.call("user_uttered", data, timeout=PATIENCE)
    assert ack["ok"] is False
    assert ack["error"]["code"] == code
    assert ack["error"]["detail"]


@pytest.mark.parametrize("auth", [None, {"token": "falso"}, {"token": 5}, {"last_seq": 0}])
def test_a_bad_token_is_refused_with_a_code(gateway, auth):
    io = Socket()
    reasons = queue.Queue()
    io.on("connect_error", reasons.put)
    with pytest.raises(socketio.exceptions.ConnectionError):
        io.connect(gateway, auth=auth, wait_timeout=PATIENCE)
    assert reasons.get(timeout=PATIENCE)["data"]["code"] in {"token_invalid", "invalid"}


def test_a_foreign_page_is_refused_unless_it_is_listed(gateway, connect):
    assert connect(origin="https://otro.example", transports=["websocket"]).session
    assert connect(origin=gateway, transports=["websocket"]).session
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect(headers={"Origin": "https://malo.example"}, transports=["polling"])
    with pytest.raises(socketio.exceptions.ConnectionError):
        connect(origin="https://malo.example", transports=["websocket"])


def test_a_packet_over_the_limit_ends_the_link_and_nothing_else(connect, session):
    client = connect(transports=["websocket"])
    client.io.emit("user_uttered", {"message": "a" * 300_000})
    deadline = time.monotonic() + PATIENCE
    while client.io.connected:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert connect().send("sigo aquí")["ok"] is True


def reopened(hub, session):
    """Close the conversation as an official does; return the id of the closed one."""
    conversation = UUID(session["conversation_id"])
    hub.close(conversation)
    return conversation


def test_after_a_close_the_widget_is_led_to_the_new_conversation(connect, hub, session):
    one, two = connect(), connect()
    one.send("hola")
    for client in (one, two):
        client.next("bot_message")
    closed = reopened(hub, session)
    one.send("otra cosa", client_message_id="nueva")
    for client in (one, two):
        told = client.next("session")
        assert told["conversation_id"] != str(closed)
        assert client.next("bot_message")["text"] == "eco: otra cosa"
    hub.say(UUID(told["conversation_id"]), "fin")
    for client in (one, two):
        bubbles = []
        while not bubbles or bubbles[-1]["text"] != "fin":
            bubbles.append(client.next("bot_message"))
        # Live or by replay, never both.
        assert sum(bubble["text"] == "fin" for bubble in bubbles) == 1
        assert all(name != "bot_message" for name, _ in list(client.events.queue))


def test_an_old_token_comes_back_to_the_new_conversation(connect, hub, session):
    first = connect()
    first.send("hola")
    first.next("bot_message")
    reopened(hub, session)
    first.send("otra cosa")
    first.next("bot_message")
    again = connect(last_seq=40)  # counted in the closed one
    assert again.session["conversation_id"] != session["conversation_id"]
    assert again.next("user_message")["text"] == "otra cosa"
    assert again.next("bot_message")["text"] == "eco: otra cosa"
    assert again.send("sigo")["ok"] is True
    assert again.next("bot_message")["text"] == "eco: sigo"


def test_a_late_bubble_of_the_closed_conversation_leads_nobody_back(connect, hub, session):
    client = connect()
    closed = reopened(hub, session)
    client.send("hola")
    client.next("session")
    client.next("bot_message")
    hub.say(closed, "tarde")
    client.send("sigo")
    while (name_data := client.events.get(timeout=PATIENCE))[1].get("text") != "eco: sigo":
        assert name_data[0] != "session"
        assert name_data[1].get("text") != "tarde"


def test_another_citizen_hears_nothing(connect, gateway):
    other = httpx.post(f"{gateway}/api/chat/sessions", json={"tenant": "valle-claro"}, timeout=PATIENCE).json()
    here, there = connect(), connect(token=other["token"])
    here.send("secreto")
    here.next("bot_message")
    there.send("hola")
    assert there.next("bot_message")["text"] == "eco: hola"
    assert "secreto" not in str(list(there.events.queue))


def test_an_answer_is_rated_and_the_other_tab_shows_it(connect, hub):
    one, other = connect(), connect()
    one.send("basura")
    bubble = one.next("bot_message")
    assert bubble["answer"]["mode"] == "extractive"
    other.next("bot_message")
    ack = one.rate(message_id=bubble["id"], value="down")
    assert ack == {"ok": True, "message_id": bubble["id"]}
    assert other.next("message_feedback") == {"id": bubble["id"], "value": "down"}
    assert hub.ratings[UUID(bubble["id"])]["value"] == "down"
    assert connect(last_seq=0).next("bot_message")["feedback"] == "down"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"message_id": str(uuid4()), "value": "up"}, "not_found"),
        ({"message_id": "x", "value": "up"}, "invalid"),
        ({"message_id": str(uuid4()), "value": "sideways"}, "invalid"),
        ({}, "invalid"),
    ],
)
def test_a_rating_that_is_none_is_refused(connect, data, code):
    ack = connect().rate(**data)
    assert (ack["ok"], ack["error"]["code"]) == (False, code)


def test_a_file_is_named_live_and_after_a_reload(connect, hub, session):
    photo = {"content_type": "image/png", "size": 3, "filename": "acera.png"}
    client = connect()
    hub.say(UUID(session["conversation_id"]), "Así quedó", sender="agent", media=photo, kind="image")
    live = client.next("bot_message")
    assert (live["kind"], live["text"], live["media"]) == ("image", "Así quedó", photo)
    again = connect(last_seq=0).next("bot_message")
    assert (again["id"], again["kind"], again["media"]) == (live["id"], "image", photo)

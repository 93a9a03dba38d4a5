import time
from datetime import timedelta
from uuid import UUID, uuid4, uuid5

import httpx
import pytest

PATIENCE = 30  # seconds, the longest that the gateway waits; whoever waits goes on at once when it comes


@pytest.fixture
def web(gateway):
    with httpx.Client(base_url=gateway, timeout=2 * PATIENCE) as client:
        yield client


@pytest.fixture
def visitor(gateway, web):
    session = web.post("/api/chat/sessions", json={"tenant": "valle-claro"})
    assert session.status_code == 201
    body = session.json()
    with httpx.Client(
        base_url=gateway, headers={"Authorization": f"Bearer {body['token']}"}, timeout=2 * PATIENCE
    ) as client:
        client.conversation = UUID(body["conversation_id"])
        yield client


def send(client, text, *, key=None, wait=PATIENCE, **body):
    return client.post(
        "/api/chat/messages",
        params={"wait": wait} if wait else {},
        headers={"Idempotency-Key": key} if key else {},
        json={"text": text, **body},
    )


def test_a_message_without_wait_is_taken_and_stored(visitor, hub):
    answer = send(visitor, "hola", wait=None)
    assert answer.status_code == 202
    assert answer.json()["status"] == "accepted"
    deadline = time.monotonic() + PATIENCE
    while len(items := visitor.get("/api/chat/messages").json()["items"]) < 2:
        assert time.monotonic() < deadline
    assert [(m["direction"], m["text"]) for m in items] == [("in", "hola"), ("out", "eco: hola")]
    assert visitor.get("/api/chat/messages", params={"after_seq": 1}).json()["items"] == items[1:]


def test_wait_gives_the_replies_in_order_with_their_buttons(visitor):
    answer = send(visitor, "dos")
    assert answer.status_code == 200
    body = answer.json()
    assert body["outcome"] == "answered"
    assert [m["text"] for m in body["messages"]] == ["uno", "dos"]
    assert body["messages"][1]["buttons"] == [
        {"title": "Sí", "payload": "/affirm"},
        {"title": "No", "payload": "/deny"},
    ]
    assert {m["in_reply_to"] for m in body["messages"]} == {body["message_id"]}


def test_the_same_key_has_one_effect_and_the_same_replies(visitor, hub):
    first, second = send(visitor, "hola", key="clave-1").json(), send(visitor, "hola", key="clave-1").json()
    assert first == second
    assert first["message_id"] == str(uuid5(visitor.conversation, "clave-1"))
    stored = [m for m in hub.messages[visitor.conversation] if m["direction"] == "in"]
    assert len(stored) == 1


def test_the_same_key_in_two_conversations_is_two_messages(visitor, web):
    other = web.post("/api/chat/sessions", json={"tenant": "valle-claro"}).json()
    headers = {"Authorization": f"Bearer {other['token']}", "Idempotency-Key": "1"}
    theirs = web.post("/api/chat/messages?wait=30", headers=headers, json={"text": "b"}).json()
    ours = send(visitor, "a", key="1").json()
    assert [m["text"] for m in ours["messages"]] == ["eco: a"]
    assert [m["text"] for m in theirs["messages"]] == ["eco: b"]


def test_the_same_key_with_another_body_is_refused(visitor):
    send(visitor, "hola", key="clave-2")
    answer = send(visitor, "adiós", key="clave-2")
    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_replay_through_another_instance_finds_the_replies(visitor, second_gateway):
    first = send(visitor, "dos", key="clave-3").json()
    again = httpx.post(
        f"{second_gateway}/api/chat/messages?wait=30",
        headers={**visitor.headers, "Idempotency-Key": "clave-3"},
        json={"text": "dos"},
        timeout=2 * PATIENCE,
    ).json()
    assert [m["id"] for m in again["messages"]] == [m["id"] for m in first["messages"]]


def test_a_message_left_to_a_person_ends_the_wait_at_once(visitor):
    started = time.monotonic()
    body = send(visitor, "persona", wait=PATIENCE).json()
    assert (body["outcome"], body["messages"]) == ("silenced", [])
    assert time.monotonic() - started < PATIENCE


def test_a_deferred_message_gives_its_notice(visitor):
    body = send(visitor, "después").json()
    assert body["outcome"] == "deferred"
    assert len(body["messages"]) == 1


def test_no_answer_in_time_is_an_empty_list(visitor):
    answer = send(visitor, "nunca", wait=0.5)
    assert answer.status_code == 200
    assert (answer.json()["outcome"], answer.json()["messages"]) == ("pending", [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "message_empty"),
        (" \n\t", "message_empty"),
        ("\u200b", "message_empty"),
        ("a" * 10_000, "message_too_long"),
    ],
)
def test_texts_that_nobody_can_read_are_refused(visitor, text, code):
    answer = send(visitor, text)
    assert answer.status_code == 422
    assert answer.json()["code"] == code


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "😀😀😀", "ñandú\u0301", "a" * 4_000])
def test_odd_texts_pass_as_they_are(visitor, text):
    import unicodedata

    body = send(visitor, text).json()
    assert body["messages"][0]["text"] == f"eco: {unicodedata.normalize('NFC', text)}"


def test_control_characters_are_taken_out(visitor, hub):
    send(visitor, "ho\x07la\u202e\r\nmundo")
    assert hub.messages[visitor.conversation][0]["text"] == "hola\nmundo"


@pytest.mark.parametrize("token", ["x", "no-es-un-token", "eyJhbGciOiJub25lIn0.e30."])
def test_a_forged_token_is_refused(web, token):
    answer = web.post("/api/chat/messages", headers={"Authorization": f"Bearer {token}"}, json={"text": "hola"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_invalid"


def test_a_stale_token_is_refused(web, make_token):
    token = make_token("visitor", conversation_id=uuid4(), lifetime=timedelta(hours=-1))
    answer = web.get("/api/chat/messages", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_an_officials_token_opens_no_chat(web, make_token):
    answer = web.get("/api/chat/messages", headers={"Authorization": f"Bearer {make_token('admin')}"})
    assert answer.status_code == 403


def test_the_same_session_key_comes_back_to_the_same_conversation(web):
    body = {"tenant": "valle-claro", "session_key": uuid4().hex}
    first, second = (web.post("/api/chat/sessions", json=body).json() for _ in range(2))
    assert first["conversation_id"] == second["conversation_id"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"tenant": "no-existe"}, 404, "tenant_unknown"),
        ({"tenant": "../x"}, 422, None),
        ({}, 422, None),
        ({"tenant": "valle-claro", "session_key": "corta"}, 422, None),
    ],
)
def test_bad_sessions_are_refused(web, body, status, code):
    answer = web.post("/api/chat/sessions", json=body)
    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


def test_writing_too_fast_is_slowed_down(visitor, settings):
    answers = [send(visitor, "x", wait=None) for _ in range(settings.chat_rate_limit + 1)]
    assert [a.status_code for a in answers[:-1]] == [202] * settings.chat_rate_limit
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= settings.chat_rate_window_seconds


def test_another_site_may_read_the_tenant_if_it_is_listed(web):
    listed = web.get("/api/chat/tenants/valle-claro", headers={"Origin": "https://otro.example"})
    assert listed.json()["name"] == "Municipalidad de Valle Claro"
    assert listed.headers["access-control-allow-origin"] == "https://otro.example"
    stranger = web.get("/api/chat/tenants/valle-claro", headers={"Origin": "https://malo.example"})
    assert "access-control-allow-origin" not in stranger.headers
    assert web.get("/api/chat/tenants/otra").status_code == 404


def test_it_is_ready(web):
    assert web.get("/readyz").json()["checks"] == {"broker": "ok", "replies": "ok"}


def test_after_a_close_history_and_replies_are_of_the_new_conversation(visitor, hub):
    send(visitor, "hola")
    hub.close(visitor.conversation)
    body = send(visitor, "otra cosa").json()
    assert body["conversation_id"] != str(visitor.conversation)
    assert [m["text"] for m in body["messages"]] == ["eco: otra cosa"]
    # Places in the closed one mean nothing here.
    page = visitor.get("/api/chat/messages", params={"after_seq": 2}).json()
    assert page["conversation_id"] == body["conversation_id"]
    assert [m["text"] for m in page["items"]] == ["otra cosa", "eco: otra cosa"]
    known = {"after_seq": 1, "conversation_id": body["conversation_id"]}
    assert [m["text"] for m in visitor.get("/api/chat/messages", params=known).json()["items"]] == ["eco: otra cosa"]


def test_no_query_opens_somebody_elses_conversation(visitor, web):
    other = web.post("/api/chat/sessions", json={"tenant": "valle-claro"}).json()
    send(visitor, "mío")
    page = visitor.get("/api/chat/messages", params={"conversation_id": other["conversation_id"]}).json()
    assert page["conversation_id"] == str(visitor.conversation)
    assert [m["text"] for m in page["items"]] == ["mío", "eco: mío"]


class TestFeedback:
    def rate(self, client, message, value="up", **more):
        return client.put(f"/api/chat/messages/{message}/feedback", json={"value": value, **more})

    def test_an_answer_is_rated_and_the_history_tells(self, visitor, hub):
        (bubble,) = send(visitor, "basura").json()["messages"]
        assert bubble["answer"]["sources"][0]["document"] == "Ordenanza de Aseo"
        assert bubble["feedback"] is None
        for value in ("down", "up"):
            answer = self.rate(visitor, bubble["id"], value, comment="porque sí")
            assert (answer.status_code, answer.json()) == (200, {"message_id": bubble["id"], "value": value})
        assert hub.ratings[UUID(bubble["id"])] == {"value": "up", "comment": "porque sí"}
        assert visitor.get("/api/chat/messages").json()["items"][-1]["feedback"] == "up"

    def test_only_an_answer_of_ones_own(self, visitor, gateway):
        (plain,) = send(visitor, "hola").json()["messages"]
        assert self.rate(visitor, plain["id"]).status_code == 409
        assert self.rate(visitor, uuid4()).status_code == 404
        (bubble,) = send(visitor, "basura").json()["messages"]
        other = httpx.post(f"{gateway}/api/chat/sessions", json={"tenant": "valle-claro"}).json()
        headers = {"Authorization": f"Bearer {other['token']}"}
        with httpx.Client(base_url=gateway, headers=headers) as stranger:
            assert self.rate(stranger, bubble["id"]).status_code == 404
        with httpx.Client(base_url=gateway) as nobody:
            assert self.rate(nobody, bubble["id"]).status_code == 401
        assert self.rate(visitor, bubble["id"], "sideways").status_code == 422

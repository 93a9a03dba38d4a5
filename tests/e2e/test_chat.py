"""The web chat over HTTP and Socket.IO: one effect per message, nothing missed, nothing said by the wrong side."""

import secrets

import httpx
import pytest
from e2e_support import OTHER_TENANT, Visitor, linked, problem_of, together, until

pytestmark = pytest.mark.platform


def test_one_session_key_is_one_conversation(platform, visitor):
    again = Visitor(platform.base_url, session_key=visitor.session_key)
    other = Visitor(platform.base_url)
    assert again.conversation_id == visitor.conversation_id
    assert other.conversation_id != visitor.conversation_id


def test_an_unknown_municipality_is_404(platform):
    answer = httpx.post(f"{platform.base_url}/api/chat/sessions", json={"tenant": "no-existe"}, timeout=30)
    assert answer.status_code == 404
    problem_of(answer)


def test_a_greeting_is_answered_in_at_most_two_short_bubbles(visitor):
    bubbles = visitor.say("hola, buenas tardes")
    assert 1 <= len(bubbles) <= 2
    assert all(0 < len(bubble["text"]) < 400 for bubble in bubbles)
    assert [bubble["turn_index"] for bubble in bubbles] == list(range(len(bubbles)))


def test_five_copies_of_a_message_have_one_effect_over_http(visitor):
    key = secrets.token_hex(8)
    answers = together(5, lambda _: visitor.post("hola", key=key))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.json()["message_id"] for answer in answers}) == 1
    said = [[bubble["id"] for bubble in answer.json()["messages"]] for answer in answers]
    assert all(bubbles == said[0] for bubbles in said), said
    history = visitor.history()
    assert [item["text"] for item in history if item["direction"] == "in"] == ["hola"]
    assert [item["id"] for item in history if item["direction"] == "out"] == said[0]


def test_five_copies_of_a_message_have_one_effect_over_the_socket(visitor):
    key = secrets.token_hex(8)
    with linked(visitor) as link:
        acks = together(5, lambda _: link.utter("hola", key))
        assert all(ack["ok"] for ack in acks), acks
        assert len({ack["message_id"] for ack in acks}) == 1
        until(lambda: link.bubbles, "an answer on the socket")
        history = until(
            lambda: (h := visitor.history()) and any(i["direction"] == "out" for i in h) and h, "the answer stored"
        )
    assert sum(item["direction"] == "in" for item in history) == 1
    assert len({bubble["id"] for bubble in link.bubbles}) == len(link.bubbles)


def test_a_key_with_another_body_is_refused(visitor):
    key = secrets.token_hex(8)
    assert visitor.post("hola", key=key).status_code == 200
    answer = visitor.post("otra cosa", key=key)
    assert answer.status_code == 422
    assert problem_of(answer)["code"] == "idempotency_key_reused"
    with linked(visitor) as link:
        ack = link.utter("una tercera", key)
    assert not ack["ok"]
    assert ack["error"]["code"] == "idempotency_key_reused"


def test_messages_sent_at_once_are_answered_in_order(visitor):
    texts = ["hola", "¿qué horario tienen?", "gracias"]
    ids = [visitor.post(text, wait=None).json()["message_id"] for text in texts]
    until(lambda: visitor.replies_to(ids[-1]), "the last one answered")
    history = visitor.history()
    assert [item["text"] for item in history if item["direction"] == "in"] == texts
    answered = [item["in_reply_to"] for item in history if item["direction"] == "out"]
    assert sorted(set(answered), key=answered.index) == ids
    assert [item["seq"] for item in history] == sorted({item["seq"] for item in history})


def test_reconnecting_brings_exactly_what_was_missed(visitor, agent):
    with linked(visitor) as link:
        assert link.utter("hola")["ok"]
        until(lambda: link.bubbles, "the greeting")
        until(lambda: len(link.bubbles) >= link.bubbles[0]["turn_count"], "the whole greeting")
    last_seq = max(bubble["seq"] for bubble in link.bubbles)
    seen = {bubble["id"] for bubble in link.bubbles}
    path = f"/api/conversations/v1/conversations/{visitor.conversation_id}/messages"
    written = [agent.post(path, json={"text": f"mensaje {number}"}).json()["id"] for number in range(3)]
    with linked(visitor, last_seq) as back:
        until(lambda: len({bubble["id"] for bubble in back.bubbles}) >= 3, "what was missed")
        assert back.utter("estoy de vuelta")["ok"]
        until(lambda: any(item["text"] == "estoy de vuelta" for item in visitor.history()), "the next message")
    # What was still on its way when the link came back may come by both ways: a bubble is known by its id and placed by
    # its seq.
    by_place = {bubble["seq"]: bubble["id"] for bubble in back.bubbles}
    assert [by_place[seq] for seq in sorted(by_place)] == written
    assert min(by_place) == last_seq + 1
    assert not seen & set(written)


def test_a_person_silences_the_bot_until_they_let_go(visitor, agent):
    visitor.say("hola")
    path = f"/api/conversations/v1/conversations/{visitor.conversation_id}"
    taken = agent.post(f"{path}/takeover", json={"minutes": 30})
    assert taken.status_code == 200, taken.text
    assert taken.json()["mode"] == "human"
    silent = visitor.post("¿hay alguien?")
    assert silent.status_code == 200
    assert (silent.json()["outcome"], silent.json()["messages"]) == ("silenced", [])
    with linked(visitor) as link:
        assert agent.post(f"{path}/messages", json={"text": "Buenas, soy Rodrigo"}).status_code == 201
        until(lambda: [b for b in link.bubbles if b["sender_type"] == "agent"], "the person's words on the socket")
    released = agent.post(f"{path}/release")
    assert released.json()["mode"] == "bot"
    assert visitor.say("hola de nuevo")


def test_a_conversation_is_closed_to_everybody_else(platform, visitor, stranger):
    visitor.say("hola")
    path = f"/api/conversations/v1/conversations/{visitor.conversation_id}"
    other = Visitor(platform.base_url)
    foreign = Visitor(platform.base_url, tenant=OTHER_TENANT)
    for client in (stranger, other.http, foreign.http):
        for answer in (client.get(path), client.get(f"{path}/messages")):
            assert answer.status_code == 404, answer.text
            problem_of(answer)
    for action in ("takeover", "release", "close"):
        assert stranger.post(f"{path}/{action}").status_code == 404
        assert other.http.post(f"{path}/{action}").status_code == 403

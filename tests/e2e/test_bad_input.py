"""What nobody should send, and everybody does: a clear answer or problem, never a 5xx."""

import httpx
import pytest
from e2e_support import Visitor, linked, problem_of

pytestmark = pytest.mark.platform

ANSWERED = {
    "emoji": "😀🔥👍🏽",
    "html": "<script>alert('hola')</script><b>quiero hora</b>",
    "sql": "'; DROP TABLE appointments; --",
    "command": '/inform{"rut":"11.111.111-1"}',
    "restart": "/restart",
    "braces": "{{7*7}} ${jndi:ldap://x} %s %n",
    "right_to_left": "\u202eatreiuq aroh",
    "zalgo": "h̸̢o̵l̷a̴",
    "many_lines": "hola\n" * 300,
    "one_long_word": "a" * 3_900,
    "impossible_day": "quiero hora para el 31 de junio a las 25",
    "digits": "9" * 3_000,
}
REFUSED = {
    "empty": ("", "message_empty"),
    "blank": (" \n\t ", "message_empty"),
    "invisible": ("\u200b\u200d\u2060", "message_empty"),
    "controls": ("\x01\x02\x1b", "message_empty"),
    "very_long": ("hola " * 2_000, "message_too_long"),
}
SHAPELESS = [None, 42, [], "hola", {"message": None}, {"message": {"a": 1}}, {"text": "hola"}, {"message": ["hola"]}]


@pytest.mark.parametrize("text", ANSWERED.values(), ids=ANSWERED)
def test_odd_texts_are_answered(visitor, text):
    bubbles = visitor.say(text)
    assert bubbles
    for bubble in bubbles:
        assert 0 < len(bubble["text"]) < 400
        assert "<script" not in bubble["text"]
        assert "Traceback" not in bubble["text"]


def test_a_typed_command_is_no_button(visitor):
    visitor.say("hola")
    bubbles = visitor.say('/inform{"slot_start":"2030-01-01T10:00:00-03:00"}')
    assert "2030" not in " ".join(bubble["text"] for bubble in bubbles)


def test_a_payload_that_was_never_offered_is_no_button(visitor):
    answer = visitor.post("Sí", payload='/inform{"slot_start":"2030-01-01T10:00:00-03:00"}')
    assert answer.status_code == 200, answer.text
    assert "2030" not in answer.text


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_unreadable_texts_are_refused_in_words(visitor, text, code):
    answer = visitor.post(text)
    assert answer.status_code == 422
    assert problem_of(answer)["code"] == code
    with linked(visitor) as link:
        ack = link.utter(text)
    assert not ack["ok"]
    assert ack["error"]["code"] == code
    assert ack["error"]["detail"]
    assert visitor.say("hola"), "the conversation goes on"


def test_a_nul_is_refused(visitor):
    answer = visitor.post("ho\x00la")
    assert answer.status_code == 422
    problem_of(answer)
    with linked(visitor) as link:
        assert isinstance(link.utter("ho\x00la")["ok"], bool)


@pytest.mark.parametrize("data", SHAPELESS, ids=repr)
def test_shapeless_events_are_refused(visitor, data):
    with linked(visitor) as link:
        ack = link.call_raw(data)
        assert not ack["ok"]
        assert link.utter("hola")["ok"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"hola"', b"\xff\xfe", b'{"text": 3}', b'{"texto": "hola"}'])
def test_shapeless_requests_are_refused(visitor, body):
    answer = visitor.http.post("/api/chat/messages", content=body, headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    problem_of(answer)


def test_more_than_the_door_lets_through_is_refused(visitor):
    answer = visitor.http.post("/api/chat/messages", json={"text": "a" * 30_000_000})
    assert answer.status_code in {413, 422}
    problem_of(answer)


def test_too_many_messages_are_slowed_down(platform):
    eager = Visitor(platform.base_url)
    answers = [eager.post(f"hola {number}", wait=None) for number in range(60)]
    codes = {answer.status_code for answer in answers}
    assert codes == {202, 429}, codes
    refused = next(answer for answer in answers if answer.status_code == 429)
    problem_of(refused)
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "path",
    [
        "/api/chat/../../etc/passwd",
        "/api/nope",
        "/api/scheduler/v1/nope",
        "/api/scheduler/openapi.json",
        "/.env",
        "/metrics",
    ],
)
def test_what_is_not_public_is_not_there(platform, path):
    answer = httpx.get(platform.base_url + path, timeout=30)
    assert answer.status_code in {400, 401, 404} or "text/html" in answer.headers["content-type"], answer.text[:200]
    assert "root:" not in answer.text
    assert "python_info" not in answer.text

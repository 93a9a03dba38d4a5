"""What the bot does not know is counted, answered by one call, and known from then on; what it knows can be rated."""

import secrets
import string

import pytest
from e2e_support import Visitor, linked, problem_of, until

pytestmark = pytest.mark.platform


@pytest.fixture
def mural():
    """A name that nobody has asked about."""
    return "Mural" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))


@pytest.fixture
def answered(visitor):
    """A bubble that answers from what officials have written."""
    (*_, bubble) = visitor.say("¿Cuántos libros presta la biblioteca?")
    assert bubble["answer"], bubble
    return bubble


def texts(bubbles):
    return "\n".join(bubble["text"] for bubble in bubbles)


def listed(client, name, **params):
    answer = client.get("/api/conversations/v1/unanswered", params={"order": "recent", "limit": 200, **params})
    assert answer.status_code == 200, answer.text
    return [item for item in answer.json()["items"] if name in item["question"]]


def test_asked_three_times_answered_once_known_from_then_on(platform, admin, agent, viewer, stranger, mural):
    wordings = [f"¿quién pintó el {mural}?", f"quién pintó el {mural}", f"¿Quién PINTÓ el {mural}??"]
    for wording in wordings:
        asker, key = Visitor(platform.base_url), secrets.token_hex(8)
        said = asker.say(wording, key=key)
        assert "Fuente" not in texts(said)
        assert [bubble["id"] for bubble in asker.say(wording, key=key)] == [bubble["id"] for bubble in said]
    (item,) = listed(viewer, mural)
    assert (item["count"], item["status"], item["kind"]) == (3, "open", "unknown")
    assert item["samples"] == wordings
    assert listed(stranger, mural) == []
    path = f"/api/conversations/v1/unanswered/{item['id']}"
    body = {"answer": f"El {mural} lo pintó Elena Rojas Pino en 1994."}
    assert viewer.post(f"{path}/answer", json=body).status_code == 403
    assert problem_of(stranger.post(f"{path}/answer", json=body))["code"] == "question_not_found"
    try:
        for _ in range(2):  # a second click changes nothing
            done = agent.post(f"{path}/answer", json=body)
            assert done.status_code == 200, done.text
        assert done.json()["status"] == "answered"
        assert listed(viewer, mural) == []

        def known():
            bubbles = Visitor(platform.base_url).say(f"¿quién pintó el {mural}?")
            return bubbles if "Elena Rojas Pino" in texts(bubbles) else None

        (*_, bubble) = until(known, "the new answer in the chat", 30)
        assert "Fuente" in bubble["text"]
        assert bubble["answer"]["mode"] in {"extractive", "generated"}
        other = Visitor(platform.base_url, tenant="punta-brava")
        assert "Elena Rojas" not in texts(other.say(f"¿quién pintó el {mural}?"))
    finally:
        admin.delete(f"/api/knowledge/v1/pairs/{item['id']}")


def test_a_dismissed_question_stays_away(platform, agent, viewer, mural):
    said = Visitor(platform.base_url).say(f"¿quién pintó el {mural}?")
    found = listed(viewer, mural)
    assert len(found) == 1, texts(said)
    (item,) = found
    assert agent.post(f"/api/conversations/v1/unanswered/{item['id']}/dismiss").status_code == 200
    Visitor(platform.base_url).say(f"¿quién pintó el {mural}?")
    assert listed(viewer, mural) == []
    (kept,) = listed(viewer, mural, status="dismissed")
    assert kept["count"] == 2


def test_an_answer_is_rated_over_http_and_the_socket(visitor, viewer, answered):
    before = len(visitor.history())
    path = f"/api/chat/messages/{answered['id']}/feedback"
    assert visitor.http.put(path, json={"value": "up"}).status_code == 200
    with linked(visitor) as link:
        assert link.rate(answered["id"], "down") == {"ok": True, "message_id": answered["id"]}
    (shown,) = [item for item in visitor.history() if item["id"] == answered["id"]]
    assert shown["feedback"] == "down"
    assert len(visitor.history()) == before, "a rating is no message"
    assert listed(viewer, "libros presta la biblioteca", kind="unhelpful")
    assert visitor.http.put(path, json={"value": "up"}).status_code == 200


def test_nobody_rates_anothers_answer(platform, stranger, viewer, answered):
    wish = {"value": "down"}
    other = Visitor(platform.base_url)
    assert other.http.put(f"/api/chat/messages/{answered['id']}/feedback", json=wish).status_code == 404
    with linked(other) as link:
        assert link.rate(answered["id"], "down")["error"]["code"] == "not_found"
    assert viewer.get("/api/conversations/v1/conversations").status_code == 200
    for official in (stranger, viewer):
        conversation = viewer.get("/api/conversations/v1/conversations").json()["items"][0]["id"]
        path = f"/api/conversations/v1/conversations/{conversation}/messages/{answered['id']}/feedback"
        assert official.put(path, json=wish).status_code in {403, 404}

"""Files of officials on their way to a citizen's browser."""

from uuid import UUID, uuid4

import httpx
import pytest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 600
PHOTO = {"content_type": "image/png", "size": len(PNG), "filename": "acera.png"}
HEADERS = {
    "Content-Type": "image/png",
    "Content-Disposition": "inline; filename*=UTF-8''acera.png",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=86400, immutable",
    "Set-Cookie": "secreto=1",
}


@pytest.fixture
def visitor(gateway):
    with httpx.Client(base_url=gateway, timeout=60) as client:
        body = client.post("/api/chat/sessions", json={"tenant": "valle-claro"}).json()
        client.headers["Authorization"] = f"Bearer {body['token']}"
        client.conversation = UUID(body["conversation_id"])
        yield client


def test_the_history_names_a_file_and_not_where_it_is_stored(visitor, hub):
    hub.say(visitor.conversation, "Así quedó", sender="agent", media=PHOTO, kind="image", tell=False)
    hub.say(visitor.conversation, "¿Le sirve?", sender="agent", tell=False)
    first, second = visitor.get("/api/chat/messages").json()["items"]
    assert (first["kind"], first["text"], first["media"]) == ("image", "Así quedó", PHOTO)
    assert second["media"] is None


def test_a_file_passes_as_conversations_gives_it_with_the_citizens_own_token(visitor, hub):
    message = hub.say(visitor.conversation, "", sender="agent", media=PHOTO, kind="image", tell=False)
    hub.files[message] = (200, HEADERS, PNG)
    answer = visitor.get(f"/api/chat/messages/{message}/media")
    assert (answer.status_code, answer.content) == (200, PNG)
    for name in ("content-type", "content-disposition", "content-security-policy", "x-content-type-options"):
        assert answer.headers[name] == HEADERS[name.title()]
    assert answer.headers["content-length"] == str(len(PNG))
    assert "set-cookie" not in answer.headers
    assert hub.file_tokens[-1] == visitor.headers["Authorization"]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (None, 404, "file_missing"),
        (403, 404, "file_missing"),
        (401, 401, "token_invalid"),
        (503, 503, "file_store_away"),
        (500, 503, "file_store_away"),
    ],
)
def test_a_file_that_cannot_be_had(visitor, hub, given, status, code):
    message = uuid4()
    if given:
        hub.files[message] = (given, {}, b"secreto")
    answer = visitor.get(f"/api/chat/messages/{message}/media")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "secreto" not in answer.text


def test_only_a_visitor_asks_for_it(gateway, make_token):
    path = f"{gateway}/api/chat/messages/{uuid4()}/media"
    assert httpx.get(path).status_code == 401
    assert httpx.get(path, headers={"Authorization": f"Bearer {make_token('agent')}"}).json()["code"] == "visitor_only"


def test_another_site_may_fetch_it(visitor, hub):
    message = hub.say(visitor.conversation, "", media=PHOTO, kind="image", tell=False)
    hub.files[message] = (200, HEADERS, PNG)
    answer = visitor.get(f"/api/chat/messages/{message}/media", headers={"Origin": "https://otro.example"})
    assert answer.headers["access-control-allow-origin"] == "https://otro.example"

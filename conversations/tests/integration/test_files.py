"""Files of officials on their way out, and files of messages for whoever may read them; on a real object store."""

import pytest
from munbot_common.ids import uuid7
from munbot_contracts.messages import Media
from munbot_conversations.files.store import FileStore
from munbot_conversations.messages.models import Message
from munbot_conversations.models import OUTBOX
from sqlalchemy import func, select

VALLE, PUNTA = "valle-claro", "punta-brava"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.json()["code"] == code, answer.text


@pytest.fixture
def talk(hears, session_factory):
    """Callable: a citizen writes; returns the id of the conversation."""

    def make(**options):
        event = hears("hola", **options)
        with session_factory() as session:
            return session.get(Message, event.data.message_id).conversation_id

    return make


@pytest.fixture
def send(client, headers):
    def make(conversation_id, data=PNG, name="foto.png", *, role="agent", text=None, key=None, tenant=VALLE):
        more = {"Idempotency-Key": key} if key else {}
        return client.post(
            f"/v1/conversations/{conversation_id}/files",
            files={"file": (name, data, "application/x-whatever")},
            data={"text": text} if text else None,
            headers=headers(role, tenant) | more,
        )

    return make


def test_a_file_goes_to_the_citizen_with_the_agents_word(client, headers, talk, send, session_factory):
    conversation_id = talk()
    item = send(conversation_id, text=" El plano ").json()
    assert (item["kind"], item["text"], item["sender_type"]) == ("image", "El plano", "agent")
    assert item["media"] == {"content_type": "image/png", "size": len(PNG), "filename": "foto.png"}
    with session_factory() as session:
        body = session.scalars(
            select(OUTBOX.c.body).where(OUTBOX.c.routing_key == "message.outbound.v1").order_by(OUTBOX.c.seq.desc())
        ).first()
    sent = body["data"]
    assert (sent["message_id"], sent["kind"], sent["media"]["content_type"]) == (item["id"], "image", "image/png")
    seen = client.get(f"/v1/conversations/{conversation_id}", headers=headers("agent")).json()
    assert (seen["mode"], seen["last_message"]["text"]) == ("human", "El plano")


@pytest.mark.parametrize(("channel", "text", "listed"), [("whatsapp", "", "Foto"), ("web", "foto.png", "foto.png")])
def test_a_file_without_words(client, headers, talk, send, channel, text, listed):
    """On the web bubbles are words: a file without any would be an empty one."""
    conversation_id = talk(channel=channel)
    assert send(conversation_id).json()["text"] == text
    seen = client.get(f"/v1/conversations/{conversation_id}", headers=headers("agent")).json()
    assert seen["last_message"]["text"] == listed


def test_who_may_fetch_it(client, headers, talk, send):
    conversation_id = talk()
    path = f"/v1/messages/{send(conversation_id).json()['id']}/media"
    citizen = headers("visitor", conversation_id=conversation_id, subject="x")
    for who in (headers("viewer"), headers("admin"), citizen):
        answer = client.get(path, headers=who)
        assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''foto.png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    stranger = headers("visitor", conversation_id=talk(), subject="y")
    for who in (stranger, headers("admin", PUNTA)):
        problem(client.get(path, headers=who), 404, "message_not_found")
    assert client.get(path).status_code == 401


def test_an_office_document_is_saved_not_shown(client, headers, hears, session_factory, api_settings):
    store = FileStore(api_settings)
    store.put("whatsapp/valle-claro/x.bin", b"<script>alert(1)</script>", "text/html")
    media = Media(
        bucket=api_settings.attachments_bucket,
        key="whatsapp/valle-claro/x.bin",
        content_type="text/html",
        size=25,
        filename="página <1>.html",
    )
    event = hears("", kind="document", media=media)
    answer = client.get(f"/v1/messages/{event.data.message_id}/media", headers=headers("viewer"))
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''p%C3%A1gina%20%3C1%3E")


@pytest.mark.parametrize("place", [{"bucket": "knowledge"}, {"key": "whatsapp/valle-claro/none.jpg"}])
def test_what_is_not_in_the_bucket_is_missing(client, headers, hears, api_settings, place):
    given = {"bucket": api_settings.attachments_bucket, "key": "x", "content_type": "image/jpeg", "size": 3}
    event = hears("", kind="image", media=Media(**given | place))
    problem(client.get(f"/v1/messages/{event.data.message_id}/media", headers=headers("viewer")), 404, "file_missing")


def test_a_message_without_a_file_has_none(client, headers, hears):
    event = hears("solo palabras")
    problem(client.get(f"/v1/messages/{event.data.message_id}/media", headers=headers("viewer")), 404, "file_missing")
    problem(client.get(f"/v1/messages/{uuid7()}/media", headers=headers("viewer")), 404, "message_not_found")


def test_the_same_key_sends_once(client, headers, talk, send, session_factory):
    conversation_id = talk()
    first, second = (send(conversation_id, key="one").json() for _ in range(2))
    assert first == second
    problem(send(conversation_id, data=PNG + b"other", key="one"), 422, "idempotency_key_reused")
    with session_factory() as session:
        sent = select(func.count()).where(Message.conversation_id == conversation_id, Message.direction == "out")
        assert session.scalar(sent) == 1


@pytest.mark.parametrize("data", [b"MZ\x90\x00", b"#!/bin/sh\n", b"<html></html>", b"\x7fELF"])
def test_programs_and_pages_are_refused_whatever_they_are_called(talk, send, data):
    answer = send(talk(), data=data, name="foto.png")
    problem(answer, 415, "file_type")
    assert "JPG" in answer.json()["detail"]


def test_ten_megabytes_go_and_more_does_not(talk, send, api_settings):
    conversation_id, limit = talk(), api_settings.file_max_bytes
    assert send(conversation_id, data=PNG + bytes(limit - len(PNG))).status_code == 201
    for length in (limit + 1, 2 * limit):
        answer = send(conversation_id, data=PNG + bytes(length - len(PNG)))
        problem(answer, 413, "file_too_large")
        assert "10 MB" in answer.json()["detail"]


def test_a_body_that_lies_about_its_length_is_cut_off(client, headers, talk, api_settings):
    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        for _ in range(2 * api_settings.file_max_bytes // 65536):
            yield bytes(65536)

    answer = client.post(
        f"/v1/conversations/{talk()}/files",
        content=pieces(),
        headers=headers("agent") | {"Content-Type": "multipart/form-data; boundary=x"},
    )
    problem(answer, 413, "file_too_large")


def test_what_is_no_upload(client, headers, talk, send):
    path = f"/v1/conversations/{talk()}/files"
    for request in (
        {"json": {"file": "x"}},
        {"files": {"other": ("a.png", PNG)}},
        {"files": {"file": ("a.png", b"")}},
        {"files": {"file": ("a.png", PNG)}, "data": {"text": "x" * 1001}},
        {"files": {"file": ("a.png", PNG)}, "data": {"unknown": "x"}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data"}},
    ):
        wish = request | {"headers": request.get("headers", {}) | headers("agent")}
        problem(client.post(path, **wish), 422, "upload_invalid")


def test_to_whom_a_file_cannot_be_sent(client, headers, talk, send):
    conversation_id = talk()
    problem(send(conversation_id, role="viewer"), 403, "forbidden")
    problem(send(conversation_id, role="admin", tenant=PUNTA), 404, "conversation_not_found")
    client.post(f"/v1/conversations/{conversation_id}/close", headers=headers("agent"))
    problem(send(conversation_id), 409, "conversation_closed")


def test_a_store_that_is_away_is_said_so(client, headers, talk, send, api_settings, session_factory):
    conversation_id = talk()
    there, client.app.state.files = (
        client.app.state.files,
        FileStore(api_settings.model_copy(update={"s3_endpoint": "http://127.0.0.1:9"})),
    )
    try:
        problem(send(conversation_id, key="later"), 503, "file_store_away")
    finally:
        client.app.state.files = there
    assert send(conversation_id, key="later").status_code == 201

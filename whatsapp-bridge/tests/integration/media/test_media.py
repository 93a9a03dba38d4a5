"""Files of citizens on real servers: from the provider into the object store, voice notes into words."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from minio import Minio
from munbot_common.client import ServiceAway, ServiceClient
from munbot_common.ids import uuid7
from munbot_common.messaging import PermanentError
from munbot_contracts.envelope import AnyEvent
from munbot_contracts.messages import MessageMedia
from munbot_whatsapp.accounts.book import AccountBook
from munbot_whatsapp.base import OUTBOX
from munbot_whatsapp.events import MEDIA_RECEIVED, MediaReceived
from munbot_whatsapp.media.handler import PATIENCE, MediaHandler
from munbot_whatsapp.media.store import ObjectStore
from munbot_whatsapp.media.transcription import Transcriber, TranscriberAway
from munbot_whatsapp.providers import registry
from munbot_whatsapp.providers.base import MediaUnavailable
from sqlalchemy import select

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + bytes(5000)
OGG = b"OggS" + bytes(5000)
WORDS = {"text": " Necesito hora. ", "confidence": 0.83, "speech": True, "seconds": 2, "language": "es"}


@pytest.fixture
def account(add_account, server):
    return add_account(base_url=server.url)


@pytest.fixture
def gateway(server):
    """What llm-gateway answers: set `gateway["answer"]` to (status, body)."""
    answers = {"answer": (200, WORDS)}

    def transcribe(_request):
        status, body = answers["answer"]
        return status, "application/json", json.dumps(body).encode()

    server.answers["POST", "/v1/transcribe"] = transcribe
    return answers


@pytest.fixture
def store(worker_settings):
    return ObjectStore(worker_settings)


@pytest.fixture
def handle(sessions, vault, worker_settings, store, server, gateway):
    client = ServiceClient(server.url, token="service-token", timeout=5, attempts=1)
    yield MediaHandler(
        sessions,
        book=AccountBook(sessions, vault),
        provider=registry.get,
        store=store,
        transcriber=Transcriber(client),
        settings=worker_settings,
        on_commit=lambda: None,
        clock=lambda: NOW,
    )
    client.close()


@pytest.fixture
def provider_has(server):
    """Callable: the provider has this file under this id."""

    def add(ref, data, content_type="application/octet-stream", status=200):
        link = {
            "messaging_product": "whatsapp",
            "url": f"{server.url}/file/{ref}",
            "mime_type": content_type,
            "id": ref,
        }
        server.answers["GET", f"/file/{ref}"] = lambda _: (status, content_type, data)
        for version in range(18, 30):
            resolved = lambda _: (200, "application/json", json.dumps(link).encode())  # noqa: E731
            server.answers["GET", f"/v{version}.0/{ref}"] = resolved

    return add


@pytest.fixture
def event(account):
    def make(ref, kind="image", *, age=timedelta(0), tenant="valle-claro", slug=None, **fields):
        fact = MediaReceived(
            message_id=uuid7(), account=slug or account.slug, address="56912345678", ref=ref, kind=kind, **fields
        )
        return AnyEvent(
            id=uuid7(),
            source="/munbot/whatsapp",
            type=MEDIA_RECEIVED,
            subject=str(fact.message_id),
            time=NOW - age,
            tenant=tenant,
            correlationid="corr-1",
            data=fact.model_dump(mode="json"),
        )

    return make


@pytest.fixture
def told(sessions):
    """Callable: what the hub is told of an event's message."""

    def find(event):
        with sessions.begin() as session:
            bodies = session.scalars(select(OUTBOX.c.body)).all()
        mine = [body for body in bodies if body["data"].get("message_id") == event.data["message_id"]]
        assert {(body["type"], body["tenant"], body["correlationid"]) for body in mine} <= {
            ("munbot.message.media.v1", "valle-claro", "corr-1")
        }
        return [MessageMedia.model_validate(body["data"]) for body in mine]

    return find


def stored(worker_settings, media):
    client = Minio(
        worker_settings.s3_endpoint.removeprefix("http://"),
        access_key=worker_settings.s3_access_key.get_secret_value(),
        secret_key=worker_settings.s3_secret_key.get_secret_value(),
        secure=False,
    )
    answer = client.get_object(media.bucket, media.key)
    try:
        return answer.read(), answer.headers["content-type"]
    finally:
        answer.close()
        answer.release_conn()


def test_a_photo_lies_in_the_object_store(handle, provider_has, event, told, account, worker_settings):
    provider_has("1001", JPEG, "text/html")
    photo = event("1001", content_type="image/png", filename="IMG 1.png")
    handle(photo)
    (fact,) = told(photo)
    assert (fact.problem, fact.transcript, fact.account) == (None, None, account.slug)
    assert fact.media.key == f"whatsapp/{account.slug}/{photo.data['message_id']}.jpg"
    assert (fact.media.content_type, fact.media.size, fact.media.filename) == ("image/jpeg", len(JPEG), "IMG 1.png")
    assert stored(worker_settings, fact.media) == (JPEG, "image/jpeg")


def test_a_voice_note_is_told_in_words(handle, provider_has, event, told, server, worker_settings):
    provider_has("1002", OGG)
    note = event("1002", "audio", voice=True, seconds=4)
    handle(note)
    (fact,) = told(note)
    assert (fact.transcript, fact.transcript_confidence, fact.problem) == ("Necesito hora.", 0.83, None)
    assert stored(worker_settings, fact.media)[0] == OGG
    asked = server.asked[-1]
    assert (asked.headers["authorization"], asked.headers["x-munbot-tenant"]) == ("Bearer service-token", "valle-claro")
    assert OGG in asked.body
    assert asked.headers["content-type"].startswith("multipart/form-data")


def test_what_was_told_is_not_seen_to_again(handle, provider_has, event, told, server):
    provider_has("1003", JPEG)
    photo = event("1003")
    handle(photo)
    before = len(server.asked)
    handle(photo)
    assert (len(server.asked), len(told(photo))) == (before, 1)


@pytest.mark.parametrize(
    ("data", "kind", "fields", "problem"),
    [
        (JPEG, "image", {"size": 100_001}, "too_large"),
        (b"\xff\xd8\xff" + bytes(100_001), "image", {}, "too_large"),
        (b"<html><script>alert(1)</script>", "image", {"content_type": "image/jpeg"}, "type_unsupported"),
        (b"MZ" + bytes(500), "document", {"content_type": "application/pdf"}, "type_unsupported"),
        (OGG, "audio", {"seconds": 600}, "too_long"),
    ],
)
def test_files_that_are_not_taken_are_told_of_as_such(handle, provider_has, event, told, data, kind, fields, problem):
    provider_has("1004", data)
    refused = event("1004", kind, **fields)
    handle(refused)
    (fact,) = told(refused)
    assert (fact.problem, fact.media) == (problem, None)


def test_a_note_of_ten_minutes_is_not_even_fetched(handle, event, server):
    handle(event("1005", "audio", seconds=600))
    assert server.asked == []


def test_a_link_to_another_host_is_not_followed(handle, event, told, server, account):
    for version in range(18, 30):
        link = b'{"url": "http://169.254.169.254/latest/meta-data", "id": "1006"}'
        server.answers["GET", f"/v{version}.0/1006"] = lambda _, link=link: (200, "application/json", link)
    photo = event("1006", url="http://postgres:5432/")
    handle(photo)
    (fact,) = told(photo)
    assert (fact.problem, fact.media) == ("unavailable", None)


def test_a_file_that_may_come_later_is_asked_for_again_while_there_is_time(handle, provider_has, event, told):
    provider_has("1007", b"", status=503)
    photo = event("1007")
    with pytest.raises(MediaUnavailable):
        handle(photo)
    assert told(photo) == []
    provider_has("1007", JPEG)
    handle(photo)
    assert told(photo)[0].problem is None


def test_a_file_that_does_not_come_is_given_up_in_time(handle, provider_has, event, told):
    provider_has("1008", b"", status=503)
    photo = event("1008", age=PATIENCE + timedelta(seconds=1))
    handle(photo)
    assert told(photo)[0].problem == "unavailable"


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((422, {"code": "audio_too_long"}), "too_long"),
        ((413, {"code": "audio_too_large"}), "too_large"),
        ((422, {"code": "audio_unreadable"}), "not_understood"),
        ((200, WORDS | {"text": "  ", "speech": False}), "not_understood"),
    ],
)
def test_a_note_without_words_says_why(handle, provider_has, event, told, gateway, answer, problem):
    provider_has("1009", OGG)
    gateway["answer"] = answer
    note = event("1009", "audio")
    handle(note)
    (fact,) = told(note)
    assert (fact.problem, fact.transcript) == (problem, None)


@pytest.mark.parametrize("answer", [(429, {"code": "queue_full"}), (503, {"code": "voice_unavailable"}), (500, {})])
def test_nobody_to_listen_is_tried_again_and_then_not_understood(handle, provider_has, event, told, gateway, answer):
    provider_has("1010", OGG)
    gateway["answer"] = answer
    with pytest.raises((TranscriberAway, ServiceAway)):
        handle(event("1010", "audio"))
    late = event("1010", "audio", age=PATIENCE + timedelta(seconds=1))
    handle(late)
    assert told(late)[0].problem == "not_understood"


@pytest.mark.parametrize("place", [{"slug": "nadie"}, {"tenant": "punta-brava"}])
def test_an_account_that_does_not_exist_has_no_files(handle, event, place):
    with pytest.raises(PermanentError):
        handle(event("1011", **place))


def test_a_stored_file_can_be_sent_with_an_address_to_fetch_it_from(store, worker_settings):
    from munbot_contracts.messages import Media
    from munbot_whatsapp.deliveries.contents import StoredMedia

    store.put("whatsapp/test/out.jpg", JPEG, "image/jpeg")
    media = Media(bucket=store.bucket, key="whatsapp/test/out.jpg", content_type="image/jpeg", size=len(JPEG))
    given = store.load(StoredMedia(kind="image", media=media))
    assert (given.data, given.content_type) == (JPEG, "image/jpeg")
    assert given.url.startswith(f"{worker_settings.public_url}/{store.bucket}/whatsapp/test/out.jpg?")

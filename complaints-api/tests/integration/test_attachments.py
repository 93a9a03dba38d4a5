"""Files through signed URLs, against the real object store."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from munbot_complaints.attachments.repository import AttachmentRepository
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.complaints.repository import ComplaintRepository
from munbot_complaints.worker import UploadSweep

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"x" * 500


@pytest.fixture
def announce(client):
    def ask(headers, content=JPEG, **changes):
        body = {"filename": "poste dañado.jpg", "content_type": "image/jpeg", "size": len(content)} | changes
        return client.post("/v1/attachments", json=body, headers=headers)

    return ask


@pytest.fixture
def uploaded(client, announce, upload):
    """A completed attachment; returns its id."""

    def make(headers, content=JPEG):
        ticket = announce(headers, content).json()
        assert upload(ticket, content).status_code == 200
        done = client.post(f"/v1/attachments/{ticket['id']}/complete", headers=headers)
        assert done.status_code == 200, done.text
        return ticket["id"]

    return make


def test_a_photo_of_a_citizen_reaches_the_official(client, as_, announce, upload, body):
    citizen = as_("visitor", conversation_id=str(uuid4()))
    ticket = announce(citizen).json()
    assert ticket["method"] == "PUT"
    assert ticket["headers"] == {"Content-Type": "image/jpeg"}
    assert upload(ticket, JPEG).status_code == 200
    done = client.post(f"/v1/attachments/{ticket['id']}/complete", headers=citizen)
    assert done.json()["size"] == len(JPEG)
    assert client.post(f"/v1/attachments/{ticket['id']}/complete", headers=citizen).status_code == 200

    filed = client.post("/v1/complaints", json=body(attachment_ids=[ticket["id"]]), headers=citizen).json()
    seen = client.get(f"/v1/complaints/{filed['folio']}", headers=as_("viewer")).json()
    assert [(link["id"], link["filename"]) for link in seen["attachments"]] == [(ticket["id"], "poste_danado.jpg")]

    assert client.get(f"/v1/attachments/{ticket['id']}", headers=citizen).status_code == 403
    assert client.get(f"/v1/attachments/{ticket['id']}", headers=as_("agent", "punta-brava")).status_code == 404
    fetched = httpx.get(client.get(f"/v1/attachments/{ticket['id']}", headers=as_("viewer")).json()["url"])
    assert fetched.content == JPEG
    assert fetched.headers["content-disposition"] == 'attachment; filename="poste_danado.jpg"'

    second = client.post("/v1/complaints", json=body(attachment_ids=[ticket["id"]]), headers=citizen)
    assert (second.status_code, second.json()["code"]) == (422, "attachment_unknown")


def test_a_used_url_cannot_change_what_was_checked(client, as_, announce, upload):
    agent = as_("agent")
    ticket = announce(agent).json()
    upload(ticket, JPEG)
    client.post(f"/v1/attachments/{ticket['id']}/complete", headers=agent)
    upload(ticket, b"MZ" + b"x" * 500)
    url = client.get(f"/v1/attachments/{ticket['id']}", headers=agent).json()["url"]
    assert httpx.get(url).content == JPEG


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"content_type": "application/x-msdownload"}, "attachment_type"),
        ({"content_type": "text/html"}, "attachment_type"),
        ({"content_type": "image/svg+xml"}, "attachment_type"),
        ({"content_type": ""}, "attachment_type"),
        ({"size": 0}, "attachment_size"),
        ({"size": 10 * 1024 * 1024 + 1}, "attachment_size"),
        ({"size": 20 * 1024 * 1024}, "attachment_size"),
        ({"size": -1}, "invalid"),
        ({"filename": ""}, "text_empty"),
    ],
)
def test_what_is_not_taken(as_, announce, change, code):
    answer = announce(as_("agent"), **change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize(
    ("content", "headers", "code"),
    [
        (b"MZ\x90\x00" + b"x" * (len(JPEG) - 4), {}, "attachment_type"),
        (JPEG + b"more", {}, "attachment_size"),
        (b"", {}, "attachment_size"),
        (JPEG, {"Content-Type": "text/html"}, "attachment_type"),
    ],
)
def test_files_that_lie_are_removed(client, as_, announce, upload, settings, content, headers, code):
    agent = as_("agent")
    ticket = announce(agent).json()
    upload(ticket, content, **headers)
    answer = client.post(f"/v1/attachments/{ticket['id']}/complete", headers=agent)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert ObjectStore(settings).stat(f"valle-claro/incoming/{ticket['id']}") is None
    assert ObjectStore(settings).stat(f"valle-claro/kept/{ticket['id']}/poste_danado.jpg") is None
    assert client.post(f"/v1/attachments/{ticket['id']}/complete", headers=agent).status_code == 404


def test_nothing_uploaded_yet_and_other_people_s(client, as_, announce):
    one = as_("visitor", conversation_id=str(uuid4()))
    other = as_("visitor", conversation_id=str(uuid4()))
    ticket = announce(one).json()
    early = client.post(f"/v1/attachments/{ticket['id']}/complete", headers=one)
    assert (early.status_code, early.json()["code"]) == (409, "attachment_missing")
    assert client.post(f"/v1/attachments/{ticket['id']}/complete", headers=other).status_code == 404
    assert client.post(f"/v1/attachments/{uuid4()}/complete", headers=one).status_code == 404
    assert client.post("/v1/attachments/x/complete", headers=one).status_code == 422


def test_urls_are_signed_for_the_public_address_without_asking_anybody(settings):
    public = settings.model_copy(
        update={"public_url": "https://munbot.example:8443", "s3_endpoint": "http://127.0.0.1:1"}
    )
    url = urlsplit(ObjectStore(public).upload_url("valle-claro/incoming/x", timedelta(minutes=15)))
    assert (url.scheme, url.netloc) == ("https", "munbot.example:8443")
    assert url.path == f"/{settings.attachments_bucket}/valle-claro/incoming/x"


def test_official_adds_a_file(client, as_, file_complaint, uploaded):
    agent = as_("agent")
    folio = file_complaint()["folio"]
    attachment = uploaded(agent)
    answer = client.post(f"/v1/complaints/{folio}/attachments", json={"attachment_ids": [attachment]}, headers=agent)
    assert [link["id"] for link in answer.json()["attachments"]] == [attachment]
    assert answer.json()["history"][-1]["action"] == "attached"


def test_what_nobody_used_is_swept(client, as_, announce, upload, uploaded, file_complaint, database, app, clock):
    agent = as_("agent")
    kept = uploaded(agent)
    folio = file_complaint()["folio"]
    client.post(f"/v1/complaints/{folio}/attachments", json={"attachment_ids": [kept]}, headers=agent)
    half = uploaded(agent)  # its process died after the complaint was written
    complaint = client.get(f"/v1/complaints/{folio}", headers=agent).json()["id"]
    database["attachments"].update_one({"_id": half}, {"$set": {"complaint_id": complaint}})
    lost = uploaded(agent)  # and this one's before
    database["attachments"].update_one({"_id": lost}, {"$set": {"complaint_id": str(uuid4())}})
    unused = uploaded(agent)
    never = announce(agent).json()["id"]
    sweep = UploadSweep(
        AttachmentRepository(database),
        app.state.services.attachments,
        ComplaintRepository(database),
        keep=timedelta(hours=24),
        clock=clock,
    )
    assert sweep() == 0
    clock.forward(hours=25)
    assert sweep() == 3
    assert {row["_id"] for row in database["attachments"].find()} == {kept, half}
    assert {lost, unused, never}.isdisjoint({kept, half})
    assert sweep() == 0


@pytest.fixture
def stored(store):
    """Callable that puts a file where a channel puts it; returns its key."""

    def put(content=JPEG, content_type="image/jpeg", name=None):
        key = f"whatsapp/valle-claro/{name or uuid4()}.jpg"
        store._inside.put_object(store.bucket, key, BytesIO(content), len(content), content_type)
        return key

    return put


def test_a_photo_that_a_channel_stored_is_taken_once(client, as_, stored, body):
    wanted = {"key": stored(), "filename": "foto 1.jpg"}
    first = client.post("/v1/attachments/stored", json=wanted, headers=as_("service"))
    assert first.status_code == 201, first.text
    again = client.post("/v1/attachments/stored", json=wanted, headers=as_("service")).json()
    assert again == first.json()
    headers = as_("service") | {"Idempotency-Key": "k1"}
    filed = client.post("/v1/complaints", json=body(attachment_ids=[again["id"]]), headers=headers).json()
    seen = client.get(f"/v1/complaints/{filed['folio']}", headers=as_("viewer")).json()["attachments"]
    assert [(link["id"], link["filename"], link["size"]) for link in seen] == [(again["id"], "foto_1.jpg", len(JPEG))]
    fetched = httpx.get(client.get(f"/v1/attachments/{again['id']}", headers=as_("viewer")).json()["url"])
    assert fetched.content == JPEG


def test_another_tenant_has_its_own_copy(client, as_, stored):
    wanted = {"key": stored(), "filename": "foto.jpg"}
    here = client.post("/v1/attachments/stored", json=wanted, headers=as_("service")).json()
    there = client.post("/v1/attachments/stored", json=wanted, headers=as_("service", "punta-brava")).json()
    assert here["id"] != there["id"]


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (b"MZ" + b"x" * 100, "image/jpeg", "attachment_type"),
        (JPEG, "application/msword", "attachment_type"),
        (b"", "image/jpeg", "attachment_size"),
    ],
)
def test_a_stored_file_is_checked_like_an_upload(content, content_type, code, client, as_, stored, database):
    wanted = {"key": stored(content, content_type), "filename": "foto.jpg"}
    answer = client.post("/v1/attachments/stored", json=wanted, headers=as_("service"))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert database["attachments"].count_documents({}) == 0


def test_only_services_take_what_lies_in_a_channels_folder(client, as_, stored):
    wanted = {"key": stored(), "filename": "foto.jpg"}
    for headers in (as_("agent"), as_("visitor", conversation_id=str(uuid4()))):
        assert client.post("/v1/attachments/stored", json=wanted, headers=headers).status_code == 403
    for key in ("valle-claro/kept/1/a.jpg", "whatsapp/../kept/a.jpg", "whatsapp/a/b/c.jpg", ""):
        answer = client.post("/v1/attachments/stored", json=wanted | {"key": key}, headers=as_("service"))
        assert answer.status_code == 422, key
    missing = wanted | {"key": "whatsapp/valle-claro/none.jpg"}
    answer = client.post("/v1/attachments/stored", json=missing, headers=as_("service"))
    assert (answer.status_code, answer.json()["code"]) == (409, "attachment_missing")

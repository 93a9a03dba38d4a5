"""Meta's provider over a server written for the test."""

import base64
import hashlib
import hmac
import re

import httpx
import pytest
from munbot_contracts.messages import Location
from munbot_whatsapp.providers.base import (
    Choice,
    Decision,
    MediaRef,
    MediaUnavailable,
    OutboundMedia,
    Outgoing,
    SendFailed,
    SignatureInvalid,
    Template,
)
from munbot_whatsapp.providers.meta import MetaProvider

SENT = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.new"}]}


@pytest.fixture
def meta(server):
    return MetaProvider(transport=server.transport)


@pytest.fixture
def ours(account):
    return account("meta")


def signed(body, secret=b"app-secret"):
    return {"x-hub-signature-256": "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


def check(meta, account, body, headers):
    meta.verify(account, headers=headers, body=body, url="https://x.cl/", remote="127.0.0.1")


def test_signature(meta, ours):
    check(meta, ours, b'{"a":1}', signed(b'{"a":1}'))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-hub-signature-256": ""},
        {"x-hub-signature-256": "sha256="},
        {"x-hub-signature-256": "sha256=ñ"},
        signed(b'{"a":1}', b"another secret"),
        signed(b'{"a":2}'),
    ],
)
def test_wrong_signatures(meta, ours, headers):
    with pytest.raises(SignatureInvalid):
        check(meta, ours, b'{"a":1}', headers)


@pytest.mark.parametrize("credentials", [{}, {"app_secret": ""}])
def test_nobody_signs_with_an_empty_secret(meta, account, credentials):
    with pytest.raises(SignatureInvalid):
        check(meta, account("meta", credentials=credentials), b"{}", signed(b"{}", b""))


def test_challenge(meta, ours, account):
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "verify-me"}
    assert meta.challenge(ours, query) == "1158201444"
    assert meta.challenge(ours, {**query, "hub.verify_token": "guess"}) is None
    assert meta.challenge(ours, {**query, "hub.mode": "unsubscribe"}) is None
    assert meta.challenge(ours, {}) is None
    assert meta.challenge(account("meta", credentials={}), {**query, "hub.verify_token": ""}) is None


def test_text(meta, ours, server):
    server.answer(json=SENT)
    assert meta.send(ours, Outgoing(to="56912345678", reference="r1", text="Hola")) == "wamid.new"
    assert str(server.last.url) == "https://graph.facebook.com/v23.0/106540352242922/messages"
    assert server.last.headers["authorization"] == "Bearer EAAtoken"
    assert server.sent() == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "56912345678",
        "biz_opaque_callback_data": "r1",
        "type": "text",
        "text": {"preview_url": False, "body": "Hola"},
    }


def test_citizens_without_a_number(meta, ours, server):
    server.answer(json=SENT)
    meta.send(ours, Outgoing(to="CL.1349", reference="r1", text="Hola"))
    assert server.sent()["recipient"] == "CL.1349"
    assert "to" not in server.sent()


def test_the_version_is_an_option(meta, account, server):
    server.answer(json=SENT)
    meta.send(account("meta", options={"api_version": "v25.0"}), Outgoing(to="56912345678", reference="r", text="Hola"))
    assert server.last.url.path.startswith("/v25.0/")


def test_buttons(meta, ours, server):
    server.answer(json=SENT)
    meta.send(
        ours,
        Outgoing(to="56912345678", reference="r", text="¿Viene?", buttons=(Choice("si", "Sí"), Choice("no", "No"))),
    )
    assert server.sent()["interactive"] == {
        "type": "button",
        "body": {"text": "¿Viene?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "si", "title": "Sí"}},
                {"type": "reply", "reply": {"id": "no", "title": "No"}},
            ]
        },
    }


def test_list(meta, ours, server):
    server.answer(json=SENT)
    rows = (Choice("r1", "Reclamo", "de calles"), Choice("r2", "Hora"))
    meta.send(ours, Outgoing(to="56912345678", reference="r", text="Elija", rows=rows, list_button="Ver"))
    assert server.sent()["interactive"] == {
        "type": "list",
        "body": {"text": "Elija"},
        "action": {
            "button": "Ver",
            "sections": [
                {"rows": [{"id": "r1", "title": "Reclamo", "description": "de calles"}, {"id": "r2", "title": "Hora"}]}
            ],
        },
    }


def test_location(meta, ours, server):
    server.answer(json=SENT)
    point = Location(latitude=-33.4, longitude=-70.6, name="Municipalidad")
    meta.send(ours, Outgoing(to="56912345678", reference="r", location=point))
    assert server.sent()["location"] == {"latitude": -33.4, "longitude": -70.6, "name": "Municipalidad"}


def test_template(meta, ours, server):
    server.answer(json=SENT)
    template = Template("recordatorio", "es_CL", parameters=("Ana", "10:15"), buttons=("si", "no"))
    meta.send(ours, Outgoing(to="56912345678", reference="r", template=template))
    assert server.sent()["template"] == {
        "name": "recordatorio",
        "language": {"code": "es_CL"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}, {"type": "text", "text": "10:15"}]},
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "0",
                "parameters": [{"type": "payload", "payload": "si"}],
            },
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "1",
                "parameters": [{"type": "payload", "payload": "no"}],
            },
        ],
    }


@pytest.mark.parametrize(
    ("media", "text", "sent"),
    [
        (OutboundMedia("image", "image/png", b"png"), "mire", {"id": "m1", "caption": "mire"}),
        (OutboundMedia("image", "image/png", b"png"), "", {"id": "m1"}),
        (
            OutboundMedia("document", "application/pdf", b"%PDF", filename="a.pdf"),
            "",
            {"id": "m1", "filename": "a.pdf"},
        ),
        (OutboundMedia("audio", "audio/ogg", b"OggS"), "no se puede", {"id": "m1", "voice": True}),
        (OutboundMedia("audio", "audio/mpeg", b"ID3"), "", {"id": "m1"}),
    ],
)
def test_files_are_uploaded_first(meta, ours, server, media, text, sent):
    server.answer(json={"id": "m1"}).answer(json=SENT)
    meta.send(ours, Outgoing(to="56912345678", reference="r", text=text, media=media))
    upload = server.requests[0]
    assert upload.url.path == "/v23.0/106540352242922/media"
    assert media.data in upload.content
    assert media.content_type.encode() in upload.content
    assert server.sent()[media.kind] == sent


def test_read_and_typing(meta, ours, server):
    server.answer(json={"success": True})
    meta.mark_read(ours, "wamid.A", "56912345678", typing=True)
    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
    assert server.sent() == {**read, "typing_indicator": {"type": "text"}}
    meta.mark_read(ours, "wamid.A", "56912345678", typing=False)
    assert server.sent() == read


def test_probe(meta, ours, server):
    server.answer(json={"id": "106540352242922"})
    meta.probe(ours)
    assert server.last.url.path == "/v23.0/106540352242922"
    server.answers.clear()
    server.answer(401, json={"error": {"code": 190, "message": "expired"}})
    with pytest.raises(SendFailed) as caught:
        meta.probe(ours)
    assert caught.value.decision is Decision.STOP


def failure(meta, ours):
    with pytest.raises(SendFailed) as caught:
        meta.send(ours, Outgoing(to="56912345678", reference="r", text="Hola"))
    return caught.value


@pytest.mark.parametrize(
    ("code", "status", "decision"),
    [
        (130429, 429, Decision.WAIT_ACCOUNT),
        (80007, 400, Decision.WAIT_ACCOUNT),
        (4, 400, Decision.WAIT_ACCOUNT),
        (4, 429, Decision.WAIT_ACCOUNT),
        (131056, 400, Decision.WAIT_CITIZEN),
        (131048, 400, Decision.STOP),
        (131049, 400, Decision.PERMANENT),
        (131047, 400, Decision.WINDOW_CLOSED),
        (131026, 400, Decision.PERMANENT),
        (131051, 400, Decision.PERMANENT),
        (131000, 500, Decision.RETRY),
        (2, 503, Decision.RETRY),
        (131016, 500, Decision.RETRY),
        (0, 401, Decision.STOP),
        (190, 401, Decision.STOP),
        (10, 403, Decision.STOP),
        (200, 403, Decision.STOP),
        (299, 403, Decision.STOP),
        (100, 400, Decision.PERMANENT),
        (131008, 400, Decision.PERMANENT),
        (131009, 400, Decision.PERMANENT),
        (131031, 403, Decision.STOP),
        (368, 403, Decision.STOP),
        # Not in the table: by the status.
        (987654, 400, Decision.PERMANENT),
        (987654, 401, Decision.STOP),
        (987654, 429, Decision.WAIT_ACCOUNT),
        (987654, 500, Decision.RETRY),
    ],
)
def test_every_code_has_its_decision(meta, ours, server, code, status, decision):
    server.answer(status, json={"error": {"message": f"(#{code}) x", "code": code, "error_data": {"details": "why"}}})
    error = failure(meta, ours)
    assert (error.decision, error.code, error.detail, error.uncertain) == (decision, str(code), "why", False)


def test_how_long_to_wait(meta, ours, server):
    server.answer(400, json={"error": {"code": 131056}}).answer(
        429, json={"error": {"code": 130429}}, headers={"Retry-After": "17"}
    )
    assert failure(meta, ours).retry_after == 6
    assert failure(meta, ours).retry_after == 17


@pytest.mark.parametrize(
    ("status", "decision", "uncertain"),
    [
        (301, Decision.RETRY, False),
        (401, Decision.STOP, False),
        (403, Decision.STOP, False),
        (404, Decision.RETRY, False),
        (413, Decision.PERMANENT, False),
        (429, Decision.WAIT_ACCOUNT, False),
        (500, Decision.RETRY, True),
        (502, Decision.RETRY, True),
        (503, Decision.RETRY, False),
        (504, Decision.RETRY, True),
    ],
)
def test_answers_of_somebody_between(meta, ours, server, status, decision, uncertain):
    server.answer(status, text="<html>", headers={"Location": "https://example.com/"} if status == 301 else {})
    error = failure(meta, ours)
    assert (error.decision, error.code, error.uncertain) == (decision, f"http_{status}", uncertain)


@pytest.mark.parametrize(
    ("broken", "code", "uncertain"),
    [
        (httpx.ConnectError, "unreachable", False),
        (httpx.ConnectTimeout, "unreachable", False),
        (httpx.PoolTimeout, "unreachable", False),
        (httpx.ReadTimeout, "timeout", True),
        (httpx.WriteTimeout, "timeout", True),
        (httpx.ReadError, "connection_broken", True),
        (httpx.RemoteProtocolError, "connection_broken", True),
    ],
)
def test_broken_connections(meta, ours, server, broken, code, uncertain):
    server.answer(error=broken)
    error = failure(meta, ours)
    assert (error.decision, error.code, error.uncertain) == (Decision.RETRY, code, uncertain)


def test_a_broken_upload_has_sent_nothing(meta, ours, server):
    server.answer(error=httpx.ReadTimeout)
    with pytest.raises(SendFailed) as caught:
        meta.send(ours, Outgoing(to="56912345678", reference="r", media=OutboundMedia("image", "image/png", b"x")))
    assert not caught.value.uncertain


@pytest.mark.parametrize("answer", [{"text": "ok"}, {"json": []}, {"json": {}}, {"json": {"messages": [{"id": 0.5}]}}])
def test_an_answer_without_an_id_may_have_sent(meta, ours, server, answer):
    server.answer(**answer)
    error = failure(meta, ours)
    assert (error.decision, error.code, error.uncertain) == (Decision.RETRY, "answer_invalid", True)


@pytest.mark.parametrize(
    "changes", [{"base_url": "ftp://x"}, {"base_url": ""}, {"credentials": {"access_token": "clavé\n"}}]
)
def test_an_account_that_cannot_be_called_is_stopped(account, changes):
    error = failure(MetaProvider(), account("meta", **changes))
    assert (error.decision, error.code) == (Decision.STOP, "account_invalid")


def test_our_credentials_never_come_out(meta, ours, server):
    server.answer(400, json={"error": {"code": 100, "message": "Bearer EAAtoken and app-secret are wrong"}})
    error = failure(meta, ours)
    assert error.detail == "Bearer … and … are wrong"
    assert not re.search("EAAtoken|app-secret|verify-me", f"{error!r}{ours!r}")


MEDIA = MediaRef(ref="65463453", content_type="image/jpeg")
PLACE = "https://lookaside.fbsbx.com/whatsapp/?mid=65463453"


def read(meta, account, media=MEDIA):
    with meta.fetch(account, media) as fetched:
        return fetched, b"".join(fetched.pieces)


@pytest.mark.parametrize("encode", [lambda digest: digest.hex(), lambda digest: base64.b64encode(digest).decode()])
def test_a_file(meta, ours, server, encode):
    sha256 = encode(hashlib.sha256(b"jpeg").digest())
    server.answer(json={"url": PLACE, "mime_type": "image/jpeg", "sha256": sha256, "file_size": "4"})
    server.answer(content=b"jpeg", headers={"Content-Type": "image/jpeg"})
    fetched, data = read(meta, ours)
    assert (data, fetched.content_type, fetched.size) == (b"jpeg", "image/jpeg", 4)
    assert server.requests[0].url.path == "/v23.0/65463453"
    assert str(server.last.url) == PLACE
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer EAAtoken"}


def test_another_file_than_was_promised(meta, ours, server):
    server.answer(json={"url": PLACE, "sha256": hashlib.sha256(b"jpeg").hexdigest()}).answer(content=b"something else")
    with pytest.raises(MediaUnavailable) as caught:
        read(meta, ours)
    assert caught.value.temporary


def test_the_id_of_a_file_cannot_leave_its_place(meta, ours, server):
    server.answer(404, json={"error": {"code": 100}})
    with pytest.raises(MediaUnavailable):
        read(meta, ours, MediaRef(ref="../me?x=1"))
    assert server.last.url.raw_path == b"/v23.0/..%2Fme%3Fx%3D1"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://user:pw@lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://evilfbcdn.net/x",
        "https://fbcdn.net.evil.example/",
        "file:///etc/passwd",
        "https:///x",
        "//lookaside.fbsbx.com/x",
        "nothing",
        "",
        "https://[/",
        "http://graph.facebook.com/x",
    ],
)
def test_files_elsewhere_are_refused(meta, ours, server, address):
    server.answer(json={"url": address}).answer(content=b"secret")
    with pytest.raises(MediaUnavailable) as caught:
        read(meta, ours)
    assert (caught.value.problem, caught.value.temporary) == ("host_refused", False)
    assert len(server.requests) == 1


def test_redirects_only_to_the_providers_hosts_and_without_the_token(meta, ours, server):
    server.answer(json={"url": PLACE})
    server.answer(302, headers={"Location": "https://scontent.xx.fbcdn.net/f"}).answer(content=b"jpeg")
    assert read(meta, ours)[1] == b"jpeg"
    assert str(server.last.url) == "https://scontent.xx.fbcdn.net/f"
    assert "authorization" not in server.last.headers


@pytest.mark.parametrize("location", ["https://evil.example/", "http://127.0.0.1:9000/", "file:///etc/passwd"])
def test_a_redirect_elsewhere_is_refused(meta, ours, server, location):
    server.answer(json={"url": PLACE}).answer(302, headers={"Location": location}).answer(content=b"secret")
    with pytest.raises(MediaUnavailable):
        read(meta, ours)
    assert len(server.requests) == 2


def test_redirects_end(meta, ours, server):
    server.answer(json={"url": PLACE}).answer(302, headers={"Location": PLACE})
    with pytest.raises(MediaUnavailable):
        read(meta, ours)
    assert len(server.requests) == 5


def test_the_simulator_is_asked_without_tls(meta, account, server):
    base = "http://whatsapp-simulator:8000"
    server.answer(json={"url": f"{base}/media/1/content"}).answer(content=b"jpeg")
    assert read(meta, account("meta", base_url=base))[1] == b"jpeg"
    assert server.last.headers["authorization"] == "Bearer EAAtoken"
    server.answers.clear()
    server.answer(json={"url": "http://whatsapp-simulator:9000/media/1/content"})
    with pytest.raises(MediaUnavailable):
        read(meta, account("meta", base_url=base))


@pytest.mark.parametrize(
    ("status", "temporary"),
    [(401, True), (403, True), (404, False), (410, False), (429, True), (500, True), (503, True)],
)
def test_files_that_cannot_be_had(meta, ours, server, status, temporary):
    server.answer(json={"url": PLACE}).answer(status)
    with pytest.raises(MediaUnavailable) as caught:
        read(meta, ours)
    assert caught.value.temporary is temporary


@pytest.mark.parametrize(("code", "temporary"), [(100, False), (190, True), (131000, True)])
def test_files_that_meta_does_not_know(meta, ours, server, code, temporary):
    server.answer(400, json={"error": {"code": code}})
    with pytest.raises(MediaUnavailable) as caught:
        read(meta, ours)
    assert caught.value.temporary is temporary


def test_a_connection_that_breaks_while_reading(meta, ours, server):
    class Broken(httpx.SyncByteStream):
        def __iter__(self):
            yield b"half"
            raise httpx.ReadError("broken")

    def answer(request):
        if "media" not in str(request.url) and "lookaside" not in str(request.url):
            return httpx.Response(200, json={"url": PLACE})
        return httpx.Response(200, stream=Broken())

    with pytest.raises(MediaUnavailable) as caught:
        read(MetaProvider(transport=httpx.MockTransport(answer)), ours)
    assert caught.value.temporary

"""YCloud: its webhooks, and its provider over a server written for the test."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import httpx
import pytest
from munbot_contracts.messages import Location, MessageKind
from munbot_whatsapp.providers.base import (
    Choice,
    Decision,
    MediaRef,
    MediaUnavailable,
    OutboundMedia,
    Outgoing,
    PayloadInvalid,
    SendFailed,
    SignatureInvalid,
)
from munbot_whatsapp.providers.ycloud import YCloudProvider
from munbot_whatsapp.providers.ycloud.errors import VERDICTS
from munbot_whatsapp.providers.ycloud.payloads import parse

OWN = "+56222223333"
LINK = "https://api.ycloud.com/v2/whatsapp/media/download/65463453?sig=s&payload=p"


def event(kind, **more):
    return json.dumps(
        {"id": "evt_6945402c76d2", "type": kind, "apiVersion": "v2", "createTime": "2026-11-20T12:08:12.919Z", **more}
    ).encode()


def inbound(kind, content, **more):
    message = {
        "id": "6945402c1ff3",
        "wamid": "wamid.A",
        "wabaId": "21151",
        "from": "+56912345678",
        "customerProfile": {"name": "Ana"},
        "to": OWN,
        "sendTime": "2026-11-20T12:08:11.000Z",
        "type": kind,
        kind: content,
        **more,
    }
    return event("whatsapp.inbound_message.received", whatsappInboundMessage=message)


def only(kind, content, **more):
    found = parse(OWN, inbound(kind, content, **more))
    assert not found.dropped
    assert found.refs == {OWN}
    assert len(found.messages) == 1
    return found.messages[0]


def test_text():
    found = only("text", {"body": "Hola"})
    assert (found.provider_message_id, found.address, found.phone) == ("wamid.A", "56912345678", "+56912345678")
    assert (found.name, found.kind, found.text) == ("Ana", MessageKind.TEXT, "Hola")
    assert found.sent_at == datetime(2026, 11, 20, 12, 8, 11, tzinfo=UTC)


def test_citizens_without_a_number():
    found = only("text", {"body": "Hola"}, **{"from": None}, fromUserId="CL.1349")
    assert (found.address, found.phone) == ("CL.1349", None)


def test_without_a_wamid_its_own_id_serves():
    assert only("text", {"body": "Hola"}, wamid=None).provider_message_id == "6945402c1ff3"


@pytest.mark.parametrize(
    ("kind", "ours"), [("audio", MessageKind.AUDIO), ("image", MessageKind.IMAGE), ("document", MessageKind.DOCUMENT)]
)
def test_files(kind, ours):
    content = {"id": "65463453", "link": LINK, "mime_type": "x/y", "sha256": "abc", "caption": "c", "filename": "a.pdf"}
    found = only(kind, content)
    assert (found.kind, found.text) == (ours, "c")
    assert found.media == MediaRef("65463453", url=LINK, content_type="x/y", sha256="abc", filename="a.pdf")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "list_reply", "list_reply": {"id": "si", "title": "Sí", "description": "x"}}),
        ("interactive", {"type": "button_reply", "button_reply": {"id": "si", "title": "Sí"}}),
        ("button", {"payload": "si", "text": "Sí"}),
    ],
)
def test_choices(kind, content):
    found = only(kind, content, context={"from": OWN, "id": "wamid.ours"})
    assert (found.kind, found.choice_id, found.text) == (MessageKind.BUTTON, "si", "Sí")
    assert found.reply_to == "wamid.ours"


def test_location():
    place = {"latitude": -33.45, "longitude": -70.66, "name": "Plaza", "address": "Calle 1", "url": "https://x.cl"}
    assert only("location", place).location == Location(
        latitude=-33.45, longitude=-70.66, name="Plaza", address="Calle 1"
    )


def test_reaction():
    found = only("reaction", {"message_id": "wamid.ours", "emoji": "👍"})
    assert (found.kind, found.text, found.reply_to) == (MessageKind.REACTION, "👍", "wamid.ours")


@pytest.mark.parametrize(
    ("kind", "content", "more", "name"),
    [
        ("unsupported", None, {"errors": [{"code": "131051", "title": "x"}]}, "131051"),
        ("video", {"id": "1", "link": LINK}, {}, "video"),
        ("sticker", {"id": "1", "link": LINK}, {}, "sticker"),
        ("contacts", [{}], {}, "contacts"),
        ("order", {}, {}, "order"),
        ("interactive", {"type": "nfm_reply"}, {}, "nfm_reply"),
        ("interactive", {"type": "call_permission_reply"}, {}, "call_permission_reply"),
    ],
)
def test_kinds_that_we_do_not_take(kind, content, more, name):
    found = only(kind, content, **more)
    assert (found.kind, found.unsupported) == (MessageKind.UNSUPPORTED, name)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (inbound("system", {"body": "x"}), "system"),
        (inbound("request_welcome", {}), "system"),
        (inbound("text", {"body": "Hola"}, groupId="g"), "group"),
        (inbound("text", {"body": "Hola"}, to="+56999999999"), "other_account"),
        (inbound("text", {"body": "Hola"}, to=None), "malformed"),
        (inbound("text", {"body": ""}), "malformed"),
        (inbound("text", {"body": "Hola"}, **{"from": "ana"}), "malformed"),
        (event("whatsapp.smb.message.created", whatsappMessage={}), "echo"),
        (event("whatsapp.echo_message.created", whatsappMessage={}), "echo"),
        (event("contact.created"), "field_unknown"),
        (event("whatsapp.inbound_message.received"), "malformed"),
    ],
)
def test_what_is_left_out(body, reason):
    found = parse(OWN, body)
    assert (found.messages, found.statuses, found.dropped) == ((), (), {reason: 1})


@pytest.mark.parametrize("own", ["+56222223333", "56222223333"])
def test_our_number_with_and_without_its_plus(own):
    found = parse(own, inbound("text", {"body": "Hola"}))
    assert (len(found.messages), found.refs) == (1, {own})


def updated(status, **more):
    message = {
        "id": "y1",
        "wamid": "wamid.ours",
        "externalId": "folio-1",
        "from": OWN,
        "to": "+56912345678",
        "status": status,
        "sendTime": "2026-11-20T12:00:01.000Z",
        "deliverTime": "2026-11-20T12:00:02.000Z",
        "readTime": "2026-11-20T12:00:03.000Z",
        **more,
    }
    return parse(OWN, event("whatsapp.message.updated", whatsappMessage=message))


@pytest.mark.parametrize(("status", "second"), [("sent", 1), ("delivered", 2), ("read", 3)])
def test_statuses(status, second):
    (found,) = updated(status).statuses
    assert (found.provider_message_id, found.reference, found.status) == ("wamid.ours", "folio-1", status)
    assert found.at == datetime(2026, 11, 20, 12, 0, second, tzinfo=UTC)
    assert found.decision is None


@pytest.mark.parametrize(
    ("failure", "code", "decision"),
    [
        ({"errorCode": "131047"}, "131047", Decision.WINDOW_CLOSED),
        ({"errorCode": "BALANCE_INSUFFICIENT"}, "BALANCE_INSUFFICIENT", Decision.STOP),
        ({"errorCode": "X", "whatsappApiError": {"code": "131056"}}, "131056", Decision.WAIT_CITIZEN),
        ({"errorCode": "SOMETHING_NEW"}, "SOMETHING_NEW", Decision.PERMANENT),
        ({}, "unknown", Decision.PERMANENT),
    ],
)
def test_failed_statuses(failure, code, decision):
    (found,) = updated("failed", **failure).statuses
    assert (found.error_code, found.decision) == (code, decision)


@pytest.mark.parametrize(
    ("status", "more", "reason"),
    [
        ("accepted", {}, "status_unknown"),
        (None, {}, "status_unknown"),
        ("sent", {"from": "+56999999999"}, "other_account"),
        ("sent", {"wamid": None, "id": None}, "malformed"),
    ],
)
def test_statuses_that_are_left_out(status, more, reason):
    found = updated(status, **more)
    assert (found.statuses, found.dropped) == ((), {reason: 1})


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"type":1,"id":"evt"}', b'{"type":"x"}', b'{"a":' + b"[" * 200_000]
)
def test_bodies_that_are_no_event(body):
    with pytest.raises(PayloadInvalid):
        parse(OWN, body)


@pytest.fixture
def ycloud(server):
    return YCloudProvider(transport=server.transport)


@pytest.fixture
def ours(account):
    return account("ycloud")


def signed(body, moment="1762224357", secret=b"whsec"):
    return f"t={moment},s=" + hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def check(ycloud, account, body, signature):
    headers = {} if signature is None else {"ycloud-signature": signature}
    ycloud.verify(account, headers=headers, body=body, url="", remote="")


def test_signature(ycloud, ours):
    check(ycloud, ours, b"{}", signed(b"{}"))
    # What is repeated after hours is as good as new.
    check(ycloud, ours, b"{}", signed(b"{}", moment="1"))


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "t=1762224357",
        "s=abc",
        "t=,s=",
        "t=x,s=y",
        "t=1762224357,s=ñ",
        signed(b"{} "),
        signed(b"{}", secret=b"another"),
        signed(b"{}").replace("t=1762224357", "t=1762224358"),
    ],
)
def test_wrong_signatures(ycloud, ours, signature):
    with pytest.raises(SignatureInvalid):
        check(ycloud, ours, b"{}", signature)


def test_nobody_signs_with_an_empty_secret(ycloud, account):
    with pytest.raises(SignatureInvalid):
        check(ycloud, account("ycloud", credentials={"webhook_secret": ""}), b"{}", signed(b"{}", secret=b""))


def test_there_is_no_challenge(ycloud, ours):
    assert ycloud.challenge(ours, {"hub.challenge": "1"}) is None


def test_text_is_sent(ycloud, ours, server):
    server.answer(json={"id": "y1", "wamid": "wamid.new", "status": "accepted"})
    assert ycloud.send(ours, Outgoing(to="56912345678", reference="r1", text="Hola")) == "wamid.new"
    assert str(server.last.url) == "https://api.ycloud.com/v2/whatsapp/messages/sendDirectly"
    assert server.last.headers["x-api-key"] == "y-key"
    assert server.sent() == {
        "from": OWN,
        "to": "+56912345678",
        "externalId": "r1",
        "type": "text",
        "text": {"preview_url": False, "body": "Hola"},
    }


def test_an_answer_without_a_wamid(ycloud, ours, server):
    server.answer(json={"id": "y1"}).answer(json={})
    assert ycloud.send(ours, Outgoing(to="56912345678", reference="r", text="Hola")) == "y1"
    with pytest.raises(SendFailed) as caught:
        ycloud.send(ours, Outgoing(to="56912345678", reference="r", text="Hola"))
    assert caught.value.uncertain


def test_it_is_sent_to_citizens_without_a_number(ycloud, ours, server):
    server.answer(json={"id": "y1"})
    ycloud.send(ours, Outgoing(to="CL.1349", reference="r", text="Hola", buttons=(Choice("a", "A"),)))
    assert server.sent()["recipient"] == "CL.1349"
    assert "to" not in server.sent()
    assert server.sent()["type"] == "interactive"


def test_files_are_uploaded_first(ycloud, ours, server):
    server.answer(json={"id": "m1"}).answer(json={"id": "y1"})
    ycloud.send(ours, Outgoing(to="56912345678", reference="r", media=OutboundMedia("image", "image/png", b"png!")))
    assert server.requests[0].url.path == "/v2/whatsapp/media/+56222223333/upload"
    assert b"png!" in server.requests[0].content
    assert server.sent()["image"] == {"id": "m1"}


@pytest.mark.parametrize(("typing", "what"), [(True, "typing"), (False, "markAsRead")])
def test_read_and_typing_are_answered_with_nothing(ycloud, ours, server, typing, what):
    server.answer(200)
    ycloud.mark_read(ours, "wamid.A/=", "56912345678", typing=typing)
    assert server.last.url.raw_path == f"/v2/whatsapp/inboundMessages/wamid.A%2F%3D/{what}".encode()


def test_probe(ycloud, ours, server):
    server.answer(json={"amount": 1}).answer(401, json={"error": {"status": 401, "code": "UNAUTHORIZED"}})
    ycloud.probe(ours)
    with pytest.raises(SendFailed) as caught:
        ycloud.probe(ours)
    assert caught.value.decision is Decision.STOP


def failure(ycloud, ours):
    with pytest.raises(SendFailed) as caught:
        ycloud.send(ours, Outgoing(to="56912345678", reference="r", text="Hola"))
    return caught.value


def refusal(status, code, **more):
    return {"error": {"status": status, "code": code, "message": "why", "requestId": "req_1", **more}}


@pytest.mark.parametrize(
    ("status", "code", "decision"),
    [
        (403, "ACCOUNT_LIMITED", Decision.STOP),
        (403, "ACCOUNT_UNAVAILABLE", Decision.STOP),
        (403, "BALANCE_INSUFFICIENT", Decision.STOP),
        (403, "FORBIDDEN", Decision.STOP),
        (401, "UNAUTHORIZED", Decision.STOP),
        (403, "WHATSAPP_PHONE_NUMBER_UNAVAILABLE", Decision.STOP),
        (429, "ACCOUNT_RATE_LIMITED", Decision.WAIT_ACCOUNT),
        (429, "SENDER_RATE_LIMITED", Decision.WAIT_ACCOUNT),
        (429, "TOO_MANY_REQUESTS", Decision.WAIT_ACCOUNT),
        (500, "INTERNAL_SERVER_ERROR", Decision.RETRY),
        (503, "SERVICE_UNAVAILABLE", Decision.RETRY),
        (409, "ALREADY_EXISTS", Decision.PERMANENT),
        (400, "BAD_REQUEST", Decision.PERMANENT),
        (403, "CONTENT_PROHIBITED", Decision.PERMANENT),
        (413, "CONTENT_TOO_LARGE", Decision.PERMANENT),
        (400, "MESSAGING_REGION_UNSUPPORTED", Decision.PERMANENT),
        (404, "NOT_FOUND", Decision.PERMANENT),
        (400, "PARAM_INVALID", Decision.PERMANENT),
        (400, "PARAM_INVALID_LENGTH", Decision.PERMANENT),
        (400, "PARAM_MISSING", Decision.PERMANENT),
        (400, "PARAM_NOT_MATCH", Decision.PERMANENT),
        (403, "RECIPIENT_IN_BLOCK_LIST", Decision.PERMANENT),
        (403, "RECIPIENT_UNSUBSCRIBED", Decision.PERMANENT),
        (403, "WHATSAPP_TEMPLATE_UNAVAILABLE", Decision.PERMANENT),
        (400, "SOMETHING_NEW", Decision.PERMANENT),
        (403, "SOMETHING_NEW", Decision.STOP),
        (429, "SOMETHING_NEW", Decision.WAIT_ACCOUNT),
        (500, "SOMETHING_NEW", Decision.RETRY),
    ],
)
def test_every_code_of_ycloud_has_its_decision(ycloud, ours, server, status, code, decision):
    server.answer(status, json=refusal(status, code))
    error = failure(ycloud, ours)
    assert (error.decision, error.code, error.detail) == (decision, code, "why")
    assert error.uncertain == (status == 500)


def test_no_code_of_ycloud_is_forgotten():
    asked = next(mark for mark in test_every_code_of_ycloud_has_its_decision.pytestmark if mark.name == "parametrize")
    assert {code for _, code, _ in asked.args[1]} - {"SOMETHING_NEW"} == set(VERDICTS)


@pytest.mark.parametrize(
    ("code", "decision"),
    [
        ("131056", Decision.WAIT_CITIZEN),
        ("130429", Decision.WAIT_ACCOUNT),
        ("131047", Decision.WINDOW_CLOSED),
        ("190", Decision.STOP),
        ("131000", Decision.RETRY),
        ("131026", Decision.PERMANENT),
    ],
)
def test_what_meta_said_goes_first(ycloud, ours, server, code, decision):
    body = refusal(429, "TOO_MANY_REQUESTS", target="whatsappApiError", whatsappApiError={"code": code})
    server.answer(429, json=body)
    error = failure(ycloud, ours)
    assert (error.decision, error.code, error.uncertain) == (decision, code, False)


def test_a_broken_connection_may_have_sent(ycloud, ours, server):
    server.answer(error=httpx.ReadTimeout)
    assert failure(ycloud, ours).uncertain


def test_an_account_whose_number_is_none(ycloud, account, server):
    error = failure(ycloud, account("ycloud", provider_ref="nuestro número"))
    assert (error.decision, error.code, server.requests) == (Decision.STOP, "account_invalid", [])


def read(ycloud, account, url):
    with ycloud.fetch(account, MediaRef("65463453", url=url)) as fetched:
        return b"".join(fetched.pieces)


def test_a_file(ycloud, ours, server):
    server.answer(content=b"jpeg", headers={"Content-Type": "image/jpeg"})
    assert read(ycloud, ours, LINK) == b"jpeg"
    assert str(server.last.url) == LINK
    assert server.last.headers["x-api-key"] == "y-key"


@pytest.mark.parametrize(
    "url",
    [
        None,
        "https://evil.example/",
        "http://api.ycloud.com/v2/x",
        "https://api.ycloud.com.evil.example/",
        "https://api.ycloud.com@evil.example/",
        "https://10.0.0.1/",
    ],
)
def test_files_elsewhere_are_refused(ycloud, ours, server, url):
    with pytest.raises(MediaUnavailable) as caught:
        read(ycloud, ours, url)
    assert (caught.value.temporary, server.requests) == (False, [])


def test_a_redirect_elsewhere_is_refused(ycloud, ours, server):
    server.answer(302, headers={"Location": "http://169.254.169.254/"})
    with pytest.raises(MediaUnavailable):
        read(ycloud, ours, LINK)
    assert len(server.requests) == 1

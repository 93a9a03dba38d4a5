"""Twilio: its webhooks, and its provider over a server written for the test."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from munbot_contracts.messages import Location, MessageKind
from munbot_whatsapp.providers.base import (
    Decision,
    MediaRef,
    MediaUnavailable,
    OutboundMedia,
    Outgoing,
    PayloadInvalid,
    SendFailed,
    SignatureInvalid,
    Template,
)
from munbot_whatsapp.providers.twilio import TwilioProvider
from munbot_whatsapp.providers.twilio.errors import VERDICTS
from munbot_whatsapp.providers.twilio.payloads import parse
from munbot_whatsapp.providers.twilio.signature import signature_of

OWN = "+56222223333"
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages/MM1/Media/ME1"


def form(**changes):
    fields = {
        "SmsMessageSid": "SM1",
        "NumMedia": "0",
        "ProfileName": "Ana",
        "MessageType": "text",
        "SmsSid": "SM1",
        "WaId": "56912345678",
        "SmsStatus": "received",
        "Body": "Hola",
        "To": f"whatsapp:{OWN}",
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": "SM1",
        "AccountSid": "AC123",
        "From": "whatsapp:+56912345678",
        "ApiVersion": "2010-04-01",
        **changes,
    }
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


def only(**changes):
    found = parse(OWN, form(**changes))
    assert not found.dropped
    assert found.refs == {OWN}
    assert len(found.messages) == 1
    return found.messages[0]


def test_text():
    before = datetime.now(UTC)
    found = only()
    assert (found.provider_message_id, found.address, found.phone) == ("SM1", "56912345678", "+56912345678")
    assert (found.name, found.kind, found.text) == ("Ana", MessageKind.TEXT, "Hola")
    assert before <= found.sent_at <= datetime.now(UTC)


def test_an_answer_to_one_of_ours():
    assert only(OriginalRepliedMessageSid="SMours").reply_to == "SMours"


@pytest.mark.parametrize(
    "changes",
    [
        {"ButtonPayload": "si", "ButtonText": "Sí", "Body": "Sí", "MessageType": "interactive"},
        {"ButtonPayload": "si", "Body": "Sí", "MessageType": "button"},
        {"ListId": "si", "ListTitle": "Sí", "Body": "Sí", "MessageType": "interactive"},
    ],
)
def test_choices(changes):
    found = only(**changes)
    assert (found.kind, found.choice_id, found.text) == (MessageKind.BUTTON, "si", "Sí")


def test_location():
    found = only(
        Latitude="-33.45", Longitude="-70.66", Label="Plaza", Address="Calle 1", Body="", MessageType="location"
    )
    assert found.kind == MessageKind.LOCATION
    assert found.location == Location(latitude=-33.45, longitude=-70.66, name="Plaza", address="Calle 1")


@pytest.mark.parametrize(
    ("content_type", "kind", "voice"),
    [
        ("image/jpeg", MessageKind.IMAGE, False),
        ("audio/ogg", MessageKind.AUDIO, True),
        ("audio/mpeg", MessageKind.AUDIO, False),
        ("application/pdf", MessageKind.DOCUMENT, False),
    ],
)
def test_files(content_type, kind, voice):
    found = only(NumMedia="1", MediaUrl0=MEDIA, MediaContentType0=content_type, Body="bache")
    assert (found.kind, found.text) == (kind, "bache")
    assert found.media == MediaRef("ME1", url=MEDIA, content_type=content_type, voice=voice)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"NumMedia": "1", "MediaUrl0": MEDIA, "MediaContentType0": "video/mp4"}, "video"),
        ({"NumMedia": "1", "MediaUrl0": MEDIA, "MediaContentType0": "image/webp"}, "sticker"),
        ({"NumMedia": "1", "MediaUrl0": MEDIA, "MediaContentType0": "text/vcard"}, "contacts"),
        ({"Body": "", "MessageType": "reaction"}, "reaction"),
    ],
)
def test_kinds_that_we_do_not_take(changes, name):
    found = only(**changes)
    assert (found.kind, found.unsupported) == (MessageKind.UNSUPPORTED, name)


@pytest.mark.parametrize("sender", ["whatsapp:CL.1349", "whatsapp:"])
def test_citizens_without_a_number(sender):
    found = only(From=sender, ExternalUserId="whatsapp:CL.1349", WaId=None)
    assert (found.address, found.phone) == ("CL.1349", None)


def test_a_number_goes_before_the_id():
    assert only(ExternalUserId="whatsapp:CL.1349").address == "56912345678"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"From": "+56912345678"}, "field_unknown"),
        ({"To": "whatsapp:+56999999999"}, "other_account"),
        ({"To": "whatsapp:ana"}, "malformed"),
        ({"From": "whatsapp:"}, "malformed"),
        ({"Body": ""}, "malformed"),
        ({"Body": None}, "malformed"),
        ({"NumMedia": "1"}, "malformed"),
        ({"Latitude": "x", "Longitude": "0"}, "malformed"),
        ({"Latitude": "1"}, "malformed"),
    ],
)
def test_what_is_left_out(changes, reason):
    found = parse(OWN, form(**changes))
    assert (found.messages, found.dropped) == ((), {reason: 1})


@pytest.mark.parametrize("own", ["+56222223333", "56222223333", "whatsapp:+56222223333"])
def test_our_number_as_people_write_it(own):
    found = parse(own, form())
    assert (len(found.messages), found.refs) == (1, {own})


def callback(status, **changes):
    ours = {"From": f"whatsapp:{OWN}", "To": "whatsapp:+56912345678", "Body": None, "SmsStatus": status}
    return parse(OWN, form(MessageStatus=status, **{**ours, **changes}))


@pytest.mark.parametrize(("given", "status"), [("sent", "sent"), ("delivered", "delivered"), ("read", "read")])
def test_statuses(given, status):
    (found,) = callback(given).statuses
    assert (found.provider_message_id, found.status, found.decision) == ("SM1", status, None)


@pytest.mark.parametrize("given", ["failed", "undelivered"])
@pytest.mark.parametrize(
    ("code", "decision"),
    [
        ("63016", Decision.WINDOW_CLOSED),
        ("63024", Decision.PERMANENT),
        ("99999", Decision.PERMANENT),
        (None, Decision.PERMANENT),
    ],
)
def test_failed_statuses(given, code, decision):
    (found,) = callback(given, ErrorCode=code).statuses
    assert (found.status, found.error_code, found.decision) == ("failed", code or "unknown", decision)


@pytest.mark.parametrize(
    ("status", "changes", "reason"),
    [
        ("queued", {}, "status_unknown"),
        ("sending", {}, "status_unknown"),
        ("sent", {"From": "whatsapp:+56999999999"}, "other_account"),
    ],
)
def test_statuses_that_are_left_out(status, changes, reason):
    found = callback(status, **changes)
    assert (found.statuses, found.messages, found.dropped) == ((), (), {reason: 1})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b"a=1&" * 1_000,
        b"MessageSid=SM1",
        b"MessageSid=SM1&From=whatsapp%3A%2B569",
        form(MessageSid=None, SmsSid=None),
    ],
)
def test_bodies_that_are_no_webhook(body):
    with pytest.raises(PayloadInvalid):
        parse(OWN, body)


@pytest.fixture
def twilio(server):
    return TwilioProvider(transport=server.transport)


@pytest.fixture
def ours(account):
    return account("twilio")


@pytest.mark.parametrize("content_type", ["application/json", "", "text/plain"])
def test_only_forms_are_read(twilio, ours, content_type):
    with pytest.raises(PayloadInvalid):
        twilio.parse(ours, form(), content_type=content_type)


def test_a_form_with_its_charset(twilio, ours):
    found = twilio.parse(ours, form(), content_type="application/x-www-form-urlencoded; charset=UTF-8")
    assert len(found.messages) == 1


URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FIELDS = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}


def check(twilio, account, fields, signature, url=URL):
    headers = {} if signature is None else {"x-twilio-signature": signature}
    twilio.verify(account, headers=headers, body=urlencode(fields).encode(), url=url, remote="")


@pytest.mark.parametrize(
    ("url", "signature"),
    [
        # The example of Twilio's own documentation, and the same with the port in the address.
        (URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        ("https://mycompany.com:443/myapp.php?foo=1&bar=2", "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL, signature_of(b"12345", "https://mycompany.com:443/myapp.php?foo=1&bar=2", list(FIELDS.items()))),
    ],
)
def test_signature(twilio, ours, url, signature):
    check(twilio, ours, FIELDS, signature, url)


def test_an_empty_field_is_signed_too(twilio, ours):
    fields = {"Body": "", "From": "whatsapp:+56912345678"}
    check(twilio, ours, fields, signature_of(b"12345", URL, list(fields.items())))


def test_fields_that_come_twice_and_empty_ones():
    body = [("b", "2"), ("a", ""), ("b", "1"), ("b", "2")]
    assert signature_of(b"k", "u", body) == signature_of(b"k", "uab1b2", [])


@pytest.mark.parametrize(
    ("fields", "signature", "url"),
    [
        (FIELDS, None, URL),
        (FIELDS, "", URL),
        (FIELDS, "ñ", URL),
        ({**FIELDS, "Digits": "1235"}, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", URL),
        (FIELDS, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "https://mycompany.com/other"),
        (FIELDS, signature_of(b"another", URL, list(FIELDS.items())), URL),
    ],
)
def test_wrong_signatures(twilio, ours, fields, signature, url):
    with pytest.raises(SignatureInvalid):
        check(twilio, ours, fields, signature, url)


def test_nobody_signs_with_an_empty_token(twilio, account):
    with pytest.raises(SignatureInvalid):
        check(twilio, account("twilio", credentials={}), FIELDS, signature_of(b"", URL, list(FIELDS.items())))


def test_a_body_that_is_no_form_is_not_signed(twilio, ours):
    with pytest.raises(SignatureInvalid):
        twilio.verify(ours, headers={"x-twilio-signature": "x"}, body=b"\xff", url=URL, remote="")


def test_there_is_no_challenge(twilio, ours):
    assert twilio.challenge(ours, {"hub.challenge": "1"}) is None


@pytest.mark.parametrize(
    ("message", "sent"),
    [
        ({"text": "Hola"}, {"Body": "Hola"}),
        (
            {"media": OutboundMedia("image", "image/png", b"png", url="https://files.example/x.png"), "text": "mire"},
            {"Body": "mire", "MediaUrl": "https://files.example/x.png"},
        ),
        (
            {"location": Location(latitude=-33.4, longitude=-70.6, name="Plaza")},
            {"Body": "Plaza", "PersistentAction": "geo:-33.400000,-70.600000|Plaza"},
        ),
        (
            {"location": Location(latitude=-33.4, longitude=-70.6)},
            {"Body": "-33.400000,-70.600000", "PersistentAction": "geo:-33.400000,-70.600000"},
        ),
    ],
)
def test_what_is_sent(twilio, ours, server, message, sent):
    server.answer(201, json={"sid": "SMnew", "status": "queued"})
    assert twilio.send(ours, Outgoing(to="56912345678", reference="r", **message)) == "SMnew"
    assert str(server.last.url) == "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json"
    assert server.last.headers["authorization"] == "Basic " + base64.b64encode(b"AC123:12345").decode()
    fields = {name: value for name, (value,) in parse_qs(server.last.content.decode()).items()}
    assert fields == {"From": f"whatsapp:{OWN}", "To": "whatsapp:+56912345678", **sent}


def test_it_is_sent_to_citizens_without_a_number(twilio, ours, server):
    server.answer(201, json={"sid": "SMnew"})
    twilio.send(ours, Outgoing(to="CL.1349", reference="r", text="Hola"))
    assert parse_qs(server.last.content.decode())["To"] == ["whatsapp:CL.1349"]


def test_templates(twilio, account, server):
    server.answer(201, json={"sid": "SMnew"})
    ours = account("twilio", options={"templates": {"recordatorio": "HX1"}})
    template = Template("recordatorio", "es_CL", parameters=("Ana", "10:15"), buttons=("/si", "/no"))
    twilio.send(ours, Outgoing(to="56912345678", reference="r", template=template, text="sin usar"))
    fields = {name: value for name, (value,) in parse_qs(server.last.content.decode()).items()}
    assert fields["ContentSid"] == "HX1"
    assert json.loads(fields["ContentVariables"]) == {"1": "Ana", "2": "10:15", "3": "/si", "4": "/no"}
    assert "Body" not in fields


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"template": Template("otra", "es")}, "template_unknown"),
        ({"media": OutboundMedia("image", "image/png", b"png")}, "media_without_address"),
        ({}, "nothing_to_send"),
    ],
)
def test_what_cannot_be_sent(twilio, ours, server, message, code):
    with pytest.raises(SendFailed) as caught:
        twilio.send(ours, Outgoing(to="56912345678", reference="r", **message))
    assert (caught.value.decision, caught.value.code, server.requests) == (Decision.PERMANENT, code, [])


def test_nothing_is_marked_as_read(twilio, ours, server):
    twilio.mark_read(ours, "SM1", "56912345678", typing=True)
    assert server.requests == []


def test_probe(twilio, ours, server):
    server.answer(json={"sid": "AC123"}).answer(401, json={"code": 20003, "message": "Authenticate", "status": 401})
    twilio.probe(ours)
    assert server.last.url.path == "/2010-04-01/Accounts/AC123.json"
    with pytest.raises(SendFailed) as caught:
        twilio.probe(ours)
    assert caught.value.decision is Decision.STOP


def failure(twilio, ours):
    with pytest.raises(SendFailed) as caught:
        twilio.send(ours, Outgoing(to="56912345678", reference="r", text="Hola"))
    return caught.value


DECISIONS = {
    Decision.STOP: [
        20003, 20005, 20008, 20404, 21212, 21603, 21606, 21910, 30002, 63001, 63002, 63007, 63008, 63020, 63022, 63051,
        63112,
    ],
    Decision.WAIT_ACCOUNT: [20429, 21611, 30001, 63017, 63018, 63038],
    Decision.RETRY: [20500, 20503, 30008, 63009, 63010, 63012, 63023],
    Decision.WINDOW_CLOSED: [63016],
    Decision.PERMANENT: [
        21211, 21408, 21610, 21612, 21614, 21617, 21619, 21620, 21655, 21656, 21658, 30003, 30005, 30006, 30007, 63003,
        63005,
        63013, 63014, 63015, 63019, 63021, 63024, 63027, 63028, 63029, 63030, 63031, 63032, 63033, 63036, 63040, 63041,
        63042, 63049,
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "code"), [(decision, code) for decision in DECISIONS for code in DECISIONS[decision]]
)
def test_every_code_has_its_decision(twilio, ours, server, decision, code):
    server.answer(400, json={"code": code, "message": "why", "more_info": "https://..", "status": 400})
    error = failure(twilio, ours)
    assert (error.decision, error.code, error.detail, error.uncertain) == (decision, str(code), "why", False)


def test_no_code_is_forgotten():
    assert {code for codes in DECISIONS.values() for code in codes} == set(VERDICTS)


@pytest.mark.parametrize(
    ("status", "decision"),
    [(400, Decision.PERMANENT), (401, Decision.STOP), (429, Decision.WAIT_ACCOUNT), (500, Decision.RETRY)],
)
def test_codes_that_are_not_known(twilio, ours, server, status, decision):
    server.answer(status, json={"code": 99999})
    assert failure(twilio, ours).decision is decision


@pytest.mark.parametrize("answer", [{"json": {}}, {"text": "ok"}, {"error": httpx.ReadTimeout}])
def test_what_may_have_been_sent(twilio, ours, server, answer):
    server.answer(201, **answer)
    assert failure(twilio, ours).uncertain


def read(twilio, account, url=MEDIA):
    with twilio.fetch(account, MediaRef("ME1", url=url)) as fetched:
        return b"".join(fetched.pieces)


@pytest.mark.parametrize(
    "store",
    ["https://mms.twiliocdn.com/AC123/x", "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC123/x"],
)
def test_a_file(twilio, ours, server, store):
    server.answer(307, headers={"Location": store}).answer(content=b"jpeg")
    assert read(twilio, ours) == b"jpeg"
    assert server.requests[0].headers["authorization"].startswith("Basic ")
    assert str(server.last.url) == store
    assert "authorization" not in server.last.headers


@pytest.mark.parametrize(
    "store",
    [
        "https://evil.example/",
        "http://mms.twiliocdn.com/x",
        "https://ec2-10-0-0-1.compute-1.amazonaws.com/",
        "https://10.0.0.1/",
    ],
)
def test_a_redirect_elsewhere_is_refused(twilio, ours, server, store):
    server.answer(307, headers={"Location": store}).answer(content=b"secret")
    with pytest.raises(MediaUnavailable) as caught:
        read(twilio, ours)
    assert (caught.value.problem, len(server.requests)) == ("host_refused", 1)


@pytest.mark.parametrize("url", [None, "https://evil.example/", "http://api.twilio.com/x"])
def test_files_elsewhere_are_refused(twilio, ours, server, url):
    with pytest.raises(MediaUnavailable):
        read(twilio, ours, url)
    assert server.requests == []

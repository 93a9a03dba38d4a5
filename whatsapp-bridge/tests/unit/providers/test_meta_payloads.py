"""Every kind of webhook of the Cloud API."""

import json
from datetime import UTC, datetime

import pytest
from munbot_contracts.messages import Location, MessageKind
from munbot_whatsapp.providers.base import Decision, MediaRef, PayloadInvalid, StatusUpdate
from munbot_whatsapp.providers.meta.payloads import parse

REF = "106540352242922"
CONTEXT = {"from": "56222223333", "id": "wamid.ours"}


def value(**parts):
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "56222223333", "phone_number_id": REF},
        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "56912345678"}],
        **parts,
    }


def webhook(*values, field="messages"):
    changes = [{"field": field, "value": one} for one in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def message(kind, content, **more):
    return {"from": "56912345678", "id": "wamid.A", "timestamp": "1749416383", "type": kind, kind: content, **more}


def only(kind, content, **more):
    found = parse(REF, webhook(value(messages=[message(kind, content, **more)])))
    assert not found.dropped
    assert len(found.messages) == 1
    return found.messages[0]


def test_text():
    found = only("text", {"body": "Hola"})
    assert found.provider_message_id == "wamid.A"
    assert found.address == "56912345678"
    assert found.phone == "+56912345678"
    assert found.name == "Ana"
    assert found.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)
    assert (found.kind, found.text) == (MessageKind.TEXT, "Hola")
    assert found.choice_id is None


def test_image_with_and_without_address():
    image = {"id": "65463453", "mime_type": "image/jpeg", "sha256": "abc=", "caption": "bache"}
    url = "https://lookaside.fbsbx.com/x"
    for given, address in ((image, None), ({**image, "url": url}, url)):
        found = only("image", given)
        assert (found.kind, found.text) == (MessageKind.IMAGE, "bache")
        assert found.media == MediaRef(ref="65463453", url=address, content_type="image/jpeg", sha256="abc=")


def test_voice_note():
    audio = {"id": "9", "mime_type": "audio/ogg; codecs=opus", "sha256": "x", "voice": True}
    found = only("audio", audio)
    assert found.kind == MessageKind.AUDIO
    assert found.media.voice
    assert found.media.content_type == "audio/ogg; codecs=opus"
    assert not only("audio", {**audio, "voice": False}).media.voice


def test_document():
    found = only("document", {"id": "7", "filename": "a.pdf", "mime_type": "application/pdf", "caption": "mi carta"})
    assert (found.kind, found.text, found.media.filename) == (MessageKind.DOCUMENT, "mi carta", "a.pdf")


def test_location_with_and_without_a_place():
    found = only("location", {"latitude": -33.45, "longitude": -70.66})
    assert (found.kind, found.location) == (MessageKind.LOCATION, Location(latitude=-33.45, longitude=-70.66))
    place = {"latitude": -33.45, "longitude": -70.66, "name": "Plaza", "address": "Calle 1", "url": "https://x.cl"}
    assert only("location", place).location == Location(
        latitude=-33.45, longitude=-70.66, name="Plaza", address="Calle 1"
    )


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("interactive", {"type": "button_reply", "button_reply": {"id": "si", "title": "Sí"}}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "si", "title": "Sí", "description": "claro"}}),
        ("button", {"payload": "si", "text": "Sí"}),
    ],
)
def test_choices(kind, content):
    found = only(kind, content, context=CONTEXT)
    assert (found.kind, found.choice_id, found.text) == (MessageKind.BUTTON, "si", "Sí")
    assert found.reply_to == "wamid.ours"


@pytest.mark.parametrize(
    ("content", "emoji"),
    [
        ({"message_id": "wamid.ours", "emoji": "👍"}, "👍"),
        ({"message_id": "wamid.ours", "emoji": ""}, ""),
        ({"message_id": "wamid.ours"}, ""),
    ],
)
def test_reactions(content, emoji):
    found = only("reaction", content)
    assert (found.kind, found.text, found.reply_to) == (MessageKind.REACTION, emoji, "wamid.ours")


@pytest.mark.parametrize(
    ("kind", "content", "more", "name"),
    [
        ("unsupported", None, {"errors": [{"code": 131051, "title": "Message type unknown"}]}, "131051"),
        ("unsupported", None, {}, "unsupported"),
        ("sticker", {"id": "1", "mime_type": "image/webp"}, {}, "sticker"),
        ("contacts", [{"name": {}}], {}, "contacts"),
        ("order", {"catalog_id": "1"}, {}, "order"),
        ("interactive", {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}, {}, "nfm_reply"),
        ("something_new", {}, {}, "something_new"),
    ],
)
def test_kinds_that_we_do_not_take(kind, content, more, name):
    found = only(kind, content, **more)
    assert (found.kind, found.unsupported) == (MessageKind.UNSUPPORTED, name)


def test_a_video_keeps_its_words():
    found = only("video", {"id": "1", "mime_type": "video/mp4", "caption": "miren"})
    assert (found.kind, found.unsupported, found.text) == (MessageKind.UNSUPPORTED, "video", "miren")


def test_citizens_without_a_number():
    """Usernames, 2026: a business-scoped id instead of the number."""
    given = {"from_user_id": "CL.13491208655302741918", "id": "wamid.A", "type": "text", "text": {"body": "Hola"}}
    contacts = [{"profile": {"name": "Ana"}, "user_id": "CL.13491208655302741918"}]
    found = parse(REF, webhook(value(messages=[given], contacts=contacts))).messages[0]
    assert (found.address, found.phone, found.name) == ("CL.13491208655302741918", None, "Ana")


def test_a_number_goes_before_the_id():
    found = only("text", {"body": "Hola"}, from_user_id="CL.1349")
    assert found.address == "56912345678"


def test_batches():
    one = [message("text", {"body": str(number)}, id=f"wamid.{number}") for number in range(3)]
    found = parse(REF, webhook(value(messages=one[:2]), value(messages=one[2:], statuses=[status("read")])))
    assert [inbound.text for inbound in found.messages] == ["0", "1", "2"]
    assert len(found.statuses) == 1
    assert found.refs == {REF}


def test_other_numbers_of_the_app_do_not_come_out():
    other = value(messages=[message("text", {"body": "para otro"})], metadata={"phone_number_id": "999"})
    found = parse(REF, webhook(other, value(messages=[message("text", {"body": "para nosotros"})])))
    assert [inbound.text for inbound in found.messages] == ["para nosotros"]
    assert found.refs == {REF, "999"}
    assert found.dropped == {"other_account": 1}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"from": "56222223333"}, "echo"),
        ({"group_id": "120363"}, "group"),
        ({"type": "system", "system": {"body": "changed number"}}, "system"),
        ({"type": "request_welcome"}, "system"),
        ({"id": None}, "malformed"),
        ({"id": "x" * 400}, "malformed"),
        ({"id": "a\nb"}, "malformed"),
        ({"from": "ana"}, "malformed"),
        ({"from": None}, "malformed"),
        ({"text": {"body": "  "}}, "malformed"),
        ({"text": None}, "malformed"),
        ({"type": "image", "image": {"mime_type": "image/jpeg"}}, "malformed"),
        ({"type": "location", "location": {"latitude": 91, "longitude": 0}}, "malformed"),
        ({"type": "location", "location": {"latitude": "NaN", "longitude": 0}}, "malformed"),
        ({"type": "reaction", "reaction": {"emoji": "👍"}}, "malformed"),
    ],
)
def test_what_is_left_out(change, reason):
    found = parse(REF, webhook(value(messages=[{**message("text", {"body": "Hola"}), **change}])))
    assert found.messages == ()
    assert found.dropped == {reason: 1}


@pytest.mark.parametrize(("field", "reason"), [("smb_message_echoes", "echo"), ("account_update", "field_unknown")])
def test_other_fields(field, reason):
    found = parse(REF, webhook(value(messages=[message("text", {"body": "Hola"})]), field=field))
    assert (found.messages, found.dropped) == ((), {reason: 1})


def status(name, **more):
    return {
        "id": "wamid.ours",
        "status": name,
        "timestamp": "1698266945",
        "recipient_id": "56912345678",
        "biz_opaque_callback_data": "folio-1",
        "conversation": {"id": "c", "origin": {"type": "service"}},
        "pricing": {"billable": True, "pricing_model": "CBP", "category": "service"},
        **more,
    }


@pytest.mark.parametrize("name", ["sent", "delivered", "read", "played"])
def test_statuses(name):
    found = parse(REF, webhook(value(statuses=[status(name)])))
    assert found.statuses == (
        StatusUpdate("wamid.ours", name, datetime(2023, 10, 25, 20, 49, 5, tzinfo=UTC), reference="folio-1"),
    )


@pytest.mark.parametrize(
    ("code", "decision"),
    [
        (131047, Decision.WINDOW_CLOSED),
        (131026, Decision.PERMANENT),
        (131056, Decision.WAIT_CITIZEN),
        (77, Decision.PERMANENT),
    ],
)
def test_failed_statuses(code, decision):
    errors = [{"code": code, "title": "..", "error_data": {"details": ".."}}]
    found = parse(REF, webhook(value(statuses=[status("failed", errors=errors)]))).statuses[0]
    assert (found.status, found.error_code, found.decision) == ("failed", str(code), decision)


def test_a_failed_status_without_a_reason():
    found = parse(REF, webhook(value(statuses=[status("failed")]))).statuses[0]
    assert (found.error_code, found.decision) == ("unknown", Decision.PERMANENT)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "deleted"}, "status_unknown"),
        ({"status": ["sent"]}, "status_unknown"),
        ({"id": {}}, "malformed"),
        ({"recipient_type": "group"}, "group"),
    ],
)
def test_statuses_that_are_left_out(change, reason):
    found = parse(REF, webhook(value(statuses=[{**status("sent"), **change}])))
    assert (found.statuses, found.dropped) == ((), {reason: 1})


def test_errors_of_the_account_are_counted():
    assert parse(REF, webhook(value(errors=[{"code": 130429}]))).dropped == {"account_error": 1}


@pytest.mark.parametrize(
    "moment", [None, "mañana", "0001-01-01T00:00:00+14:00", "-1", "99999999999999", "0", [], 1e400]
)
def test_a_time_that_cannot_be_is_now(moment):
    before = datetime.now(UTC)
    assert before <= only("text", {"body": "Hola"}, timestamp=moment).sent_at <= datetime.now(UTC)


def test_what_postgresql_cannot_store_is_left_out():
    assert only("text", {"body": "a\x00b\ud800c😀"}).text == "abc😀"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hola",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{" * 100_000,
        b'{"a":' + b"[" * 200_000,
        b"1" * 5_000,
        b'{"object":"page","entry":[]}',
        b'{"object":"whatsapp_business_account"}',
        b'{"object":"whatsapp_business_account","entry":{}}',
    ],
)
def test_bodies_that_are_no_webhook(body):
    with pytest.raises(PayloadInvalid):
        parse(REF, body)


def test_an_empty_webhook_is_one():
    found = parse(REF, b'{"object":"whatsapp_business_account","entry":[]}')
    assert (found.messages, found.statuses, found.refs) == ((), (), frozenset())

"""Every kind of event of Evolution."""

import json
from datetime import UTC, datetime

import pytest
from munbot_contracts.messages import Location, MessageKind
from munbot_whatsapp.providers.base import Decision, MediaRef, PayloadInvalid
from munbot_whatsapp.providers.evolution.payloads import parse

KEY = {"remoteJid": "56912345678@s.whatsapp.net", "fromMe": False, "id": "3EB0A1"}
BINARY = {"mediaKey": {"0": 1}, "fileSha256": {"0": 2, "1": 3}}


def event(data, name="messages.upsert", **more):
    return json.dumps(
        {
            "event": name,
            "instance": "munbot",
            "data": data,
            "destination": "http://bridge/webhook/evolution",
            "date_time": "2026-11-20T23:13:55.123Z",
            "sender": "56911112222@s.whatsapp.net",
            "server_url": "http://localhost:8080",
            "apikey": None,
            **more,
        }
    ).encode()


def raw(kind, message, **more):
    return {
        "key": KEY,
        "pushName": "Ana",
        "status": "DELIVERY_ACK",
        "message": message,
        "contextInfo": None,
        "messageType": kind,
        "messageTimestamp": 1749416383,
        "instanceId": "0c1",
        "source": "android",
        **more,
    }


def only(kind, message, **more):
    found = parse("munbot", event(raw(kind, message, **more)))
    assert not found.dropped
    assert found.refs == {"munbot"}
    assert len(found.messages) == 1
    return found.messages[0]


def test_text():
    found = only("conversation", {"conversation": "Hola"})
    assert found.provider_message_id == "3EB0A1"
    assert (found.address, found.phone, found.name) == ("56912345678", "+56912345678", "Ana")
    assert found.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)
    assert (found.kind, found.text) == (MessageKind.TEXT, "Hola")


@pytest.mark.parametrize("moment", ["1749416383", {"low": 1749416383, "high": 0, "unsigned": True}])
def test_times_as_protobuf_gives_them(moment):
    found = only("conversation", {"conversation": "Hola"}, messageTimestamp=moment)
    assert found.sent_at == datetime(2025, 6, 8, 20, 59, 43, tzinfo=UTC)


def test_extended_text():
    assert only("extendedTextMessage", {"extendedTextMessage": {"text": "Hola"}}).text == "Hola"


def test_image():
    image = {
        "url": "https://mmg.whatsapp.net/x.enc",
        "mimetype": "image/jpeg",
        "caption": "bache",
        "fileLength": {"low": 48213, "high": 0, "unsigned": True},
        "height": 1024,
        "width": 768,
        **BINARY,
    }
    message = {"imageMessage": image, "base64": "/9j/", "mediaUrl": "http://minio/x"}
    found = only("imageMessage", message)
    assert (found.kind, found.text) == (MessageKind.IMAGE, "bache")
    # The address is of the encrypted file, so it is not used.
    assert found.media == MediaRef(ref="3EB0A1", content_type="image/jpeg", size=48213)


def test_voice_note():
    audio = {"url": "x", "mimetype": "audio/ogg; codecs=opus", "seconds": 4, "ptt": True, "fileLength": "9123"}
    found = only("audioMessage", {"audioMessage": audio, "base64": "T2dnUw=="})
    assert found.kind == MessageKind.AUDIO
    assert found.media == MediaRef(
        ref="3EB0A1", content_type="audio/ogg; codecs=opus", voice=True, size=9123, seconds=4
    )


@pytest.mark.parametrize("wrapped", [False, True])
def test_document(wrapped):
    message = {"documentMessage": {"mimetype": "application/pdf", "fileName": "a.pdf", "caption": "mi carta"}}
    if wrapped:
        message = {"documentWithCaptionMessage": {"message": message}, "messageContextInfo": {}}
    found = only("documentMessage", message)
    assert (found.kind, found.text, found.media.filename) == (MessageKind.DOCUMENT, "mi carta", "a.pdf")


def test_location():
    place = {"degreesLatitude": -33.45, "degreesLongitude": -70.66, "name": "Plaza", "address": "Calle 1"}
    found = only("locationMessage", {"locationMessage": place})
    assert found.kind == MessageKind.LOCATION
    assert found.location == Location(latitude=-33.45, longitude=-70.66, name="Plaza", address="Calle 1")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (
            "listResponseMessage",
            {"listResponseMessage": {"title": "Sí", "singleSelectReply": {"selectedRowId": "si"}}},
        ),
        (
            "buttonsResponseMessage",
            {"buttonsResponseMessage": {"selectedButtonId": "si", "selectedDisplayText": "Sí"}},
        ),
        (
            "templateButtonReplyMessage",
            {"templateButtonReplyMessage": {"selectedId": "si", "selectedDisplayText": "Sí"}},
        ),
        (
            "interactiveResponseMessage",
            {
                "interactiveResponseMessage": {
                    "body": {"text": "Sí"},
                    "nativeFlowResponseMessage": {"paramsJson": '{"id":"si"}'},
                }
            },
        ),
    ],
)
def test_choices(kind, message):
    found = only(kind, message, contextInfo={"stanzaId": "3EBOURS"})
    assert (found.kind, found.choice_id, found.text) == (MessageKind.BUTTON, "si", "Sí")
    assert found.reply_to == "3EBOURS"


@pytest.mark.parametrize("parameters", ["{", "[1]", "null", "[" * 100_000, None])
def test_an_interactive_answer_without_an_id(parameters):
    part = {"interactiveResponseMessage": {"nativeFlowResponseMessage": {"paramsJson": parameters}}}
    assert only("interactiveResponseMessage", part).kind == MessageKind.UNSUPPORTED


@pytest.mark.parametrize("kind", ["interactiveMessage", "buttonMessage"])
def test_its_cloud_channel_gives_choices_as_words(kind):
    found = only(kind, {"conversation": "Sí"})
    assert (found.kind, found.text, found.choice_id) == (MessageKind.TEXT, "Sí", None)


def test_reaction():
    found = only("reactionMessage", {"reactionMessage": {"key": {"id": "3EBOURS", "fromMe": True}, "text": "👍"}})
    assert (found.kind, found.text, found.reply_to) == (MessageKind.REACTION, "👍", "3EBOURS")


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ({"videoMessage": {"mimetype": "video/mp4", "caption": "miren"}}, "video"),
        ({"stickerMessage": {}}, "sticker"),
        ({"contactMessage": {"vcard": "x"}}, "contact"),
        ({"pollCreationMessageV3": {}, "messageContextInfo": {}}, "pollCreationMessageV3"),
        ({"ephemeralMessage": {"message": {"videoMessage": {}}}}, "video"),
    ],
)
def test_kinds_that_we_do_not_take(message, name):
    found = only(next(iter(message)), message)
    assert (found.kind, found.unsupported) == (MessageKind.UNSUPPORTED, name)
    if name == "video" and "videoMessage" in message:
        assert found.text == "miren"


@pytest.mark.parametrize(
    ("key", "more", "address"),
    [
        ({"remoteJid": "56912345678:12@s.whatsapp.net"}, {}, "56912345678"),
        ({"remoteJid": "56912345678@c.us"}, {}, "56912345678"),
        ({"remoteJid": "8812@lid", "remoteJidAlt": "56912345678@s.whatsapp.net"}, {}, "56912345678"),
        ({"remoteJid": "8812@lid", "senderPn": "56912345678@s.whatsapp.net"}, {}, "56912345678"),
        ({"remoteJid": "8812@lid"}, {"senderPn": "56912345678@s.whatsapp.net"}, "56912345678"),
        ({"remoteJid": "56912345678@s.whatsapp.net", "remoteJidAlt": "8812@lid"}, {}, "56912345678"),
        ({"remoteJid": "8812@lid"}, {}, "8812@lid"),
    ],
)
def test_whom_to_answer(key, more, address):
    found = only("conversation", {"conversation": "Hola"}, key={**KEY, **key}, **more)
    assert found.address == address
    assert found.phone == (f"+{address}" if address.isdigit() else None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": {**KEY, "fromMe": True}}, "echo"),
        ({"key": {**KEY, "remoteJid": "120363@g.us", "participant": "56912345678@s.whatsapp.net"}}, "group"),
        ({"key": {**KEY, "remoteJid": "status@broadcast"}}, "broadcast"),
        ({"key": {**KEY, "remoteJid": "120363@newsletter"}}, "broadcast"),
        ({"key": {**KEY, "remoteJid": "ana"}}, "malformed"),
        ({"key": {**KEY, "remoteJid": None}}, "malformed"),
        ({"key": {**KEY, "id": None}}, "malformed"),
        ({"key": None}, "malformed"),
        ({"message": None}, "malformed"),
        ({"message": {"conversation": " "}}, "malformed"),
        ({"message": {"locationMessage": {"degreesLatitude": "x"}}}, "malformed"),
        ({"message": {"reactionMessage": "x"}}, "malformed"),
        ({"message": {"protocolMessage": {"type": 0}}}, "system"),
        ({"message": {"editedMessage": {"message": {}}}}, "system"),
    ],
)
def test_what_is_left_out(change, reason):
    found = parse("munbot", event({**raw("conversation", {"conversation": "Hola"}), **change}))
    assert (found.messages, found.dropped) == ((), {reason: 1})


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("send.message", raw("conversation", {"conversation": "Hola"}, key={**KEY, "fromMe": True}), "echo"),
        ("qrcode.updated", {"qrcode": {"instance": "munbot", "code": "2@", "base64": "data:"}}, "field_unknown"),
        ("connection.update", {"instance": "munbot", "state": "close", "statusReason": 401}, "field_unknown"),
        ("status.instance", {"instance": "munbot", "status": "closed"}, "field_unknown"),
        ("messages.delete", {"remoteJid": "x", "fromMe": False, "id": "1"}, "field_unknown"),
    ],
)
def test_other_events(name, data, reason):
    found = parse("munbot", event(data, name))
    assert (found.messages, found.statuses, found.dropped) == ((), (), {reason: 1})


def test_another_instance():
    body = event(raw("conversation", {"conversation": "Hola"}), instance="otra")
    found = parse("munbot", body)
    assert (found.messages, found.refs, found.dropped) == ((), {"otra"}, {"other_account": 1})
    assert len(parse(None, body).messages) == 1


@pytest.mark.parametrize("name", ["messages.upsert", "MESSAGES_UPSERT", "messages-upsert"])
def test_names_of_events(name):
    assert len(parse("munbot", event([raw("conversation", {"conversation": "Hola"})], name)).messages) == 1


def update(status, **more):
    return {
        "messageId": "db",
        "keyId": "3EBOURS",
        "remoteJid": "56912345678@s.whatsapp.net",
        "fromMe": True,
        "participant": None,
        "status": status,
        "pollUpdates": None,
        "instanceId": "0c1",
        **more,
    }


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("SERVER_ACK", "sent"),
        ("DELIVERY_ACK", "delivered"),
        ("READ", "read"),
        ("PLAYED", "played"),
        ("ERROR", "failed"),
        ("SENT", "sent"),
        ("DELIVERED", "delivered"),
        ("FAILED", "failed"),
    ],
)
def test_statuses(given, status):
    before = datetime.now(UTC)
    (found,) = parse("munbot", event(update(given), "messages.update")).statuses
    assert (found.provider_message_id, found.status, found.reference) == ("3EBOURS", status, None)
    assert before <= found.at <= datetime.now(UTC)
    assert found.decision == (Decision.PERMANENT if status == "failed" else None)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (update("PENDING"), "status_unknown"),
        (update("DELETED"), "status_unknown"),
        (update(4), "status_unknown"),
        (update("READ", fromMe=False), "status_unknown"),
        (update("READ", keyId=None), "malformed"),
    ],
)
def test_statuses_that_are_left_out(data, reason):
    found = parse("munbot", event(data, "messages.update"))
    assert (found.statuses, found.dropped) == ((), {reason: 1})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{" * 1_000,
        b'{"a":' + b"[" * 200_000,
        b'{"event":"messages.upsert","instance":"munbot"}',
        b'{"event":"messages.upsert","data":{}}',
        b'{"event":1,"instance":"munbot","data":{}}',
        b'{"event":"messages.upsert","instance":"a b","data":{}}',
    ],
)
def test_bodies_that_are_no_event(body):
    with pytest.raises(PayloadInvalid):
        parse("munbot", body)

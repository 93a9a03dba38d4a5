"""Whatever comes in the place of a webhook: it is read, or PayloadInvalid; and what is read can be stored."""

import json
import math
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from munbot_contracts.messages import MessageKind
from munbot_whatsapp.providers import registry
from munbot_whatsapp.providers.base import PayloadInvalid, Webhook

META = {
    "object": "whatsapp_business_account",
    "entry": [
        {
            "id": "1",
            "changes": [
                {
                    "field": "messages",
                    "value": {
                        "messaging_product": "whatsapp",
                        "metadata": {"display_phone_number": "56222223333", "phone_number_id": "106540352242922"},
                        "contacts": [{"profile": {"name": "Ana"}, "wa_id": "56912345678", "user_id": "CL.1"}],
                        "messages": [
                            {"from": "56912345678", "id": f"wamid.{kind}", "timestamp": "1749416383", "type": kind}
                            | {kind: content, "context": {"from": "56222223333", "id": "wamid.ours"}}
                            for kind, content in (
                                ("text", {"body": "Hola"}),
                                ("image", {"id": "1", "mime_type": "image/jpeg", "sha256": "a=", "caption": "bache"}),
                                ("audio", {"id": "2", "mime_type": "audio/ogg", "voice": True, "url": "https://x/y"}),
                                ("document", {"id": "3", "filename": "a.pdf", "file_size": "4"}),
                                ("location", {"latitude": -33.4, "longitude": -70.6, "name": "Plaza"}),
                                ("interactive", {"type": "button_reply", "button_reply": {"id": "si", "title": "Sí"}}),
                                ("button", {"payload": "cb", "text": "Sí"}),
                                ("reaction", {"message_id": "wamid.ours", "emoji": "👍"}),
                                ("sticker", {"id": "4"}),
                            )
                        ],
                        "statuses": [
                            {
                                "id": "wamid.ours",
                                "status": "failed",
                                "timestamp": "1698266945",
                                "biz_opaque_callback_data": "folio-1",
                                "errors": [{"code": 131047, "error_data": {"details": "x"}}],
                            }
                        ],
                        "errors": [{"code": 130429}],
                    },
                }
            ],
        }
    ],
}


def evolution(message, **more):
    key = {"remoteJid": "56912345678@s.whatsapp.net", "remoteJidAlt": "8@lid", "fromMe": False, "id": "3EB0"}
    data = {"key": key, "pushName": "Ana", "message": message, "contextInfo": {"stanzaId": "3EBO"}, **more}
    return {
        "event": "messages.upsert",
        "instance": "munbot",
        "data": {**data, "messageTimestamp": {"low": 1, "high": 0}},
    }


EVOLUTION = [
    evolution({"conversation": "Hola"}),
    evolution({"imageMessage": {"mimetype": "image/jpeg", "caption": "x", "fileLength": {"low": 1, "high": 0}}}),
    evolution({"documentWithCaptionMessage": {"message": {"documentMessage": {"fileName": "a.pdf"}}}}),
    evolution({"audioMessage": {"mimetype": "audio/ogg", "seconds": 4, "ptt": True}, "base64": "T2c="}),
    evolution({"locationMessage": {"degreesLatitude": -33.4, "degreesLongitude": -70.6}}),
    evolution({"listResponseMessage": {"title": "R", "singleSelectReply": {"selectedRowId": "r1"}}}),
    evolution({"interactiveResponseMessage": {"nativeFlowResponseMessage": {"paramsJson": '{"id":"si"}'}}}),
    evolution({"reactionMessage": {"key": {"id": "3EBO"}, "text": "👍"}}),
    {
        "event": "messages.update",
        "instance": "munbot",
        "data": {"keyId": "3EB0", "fromMe": True, "status": "DELIVERY_ACK"},
    },
]
YCLOUD = [
    {
        "id": "evt_1",
        "type": "whatsapp.inbound_message.received",
        "createTime": "2026-11-20T12:08:12.919Z",
        "whatsappInboundMessage": {
            "id": "1",
            "wamid": "wamid.A",
            "from": "+56912345678",
            "fromUserId": "CL.1",
            "customerProfile": {"name": "Ana"},
            "to": "+56222223333",
            "sendTime": "2026-11-20T12:08:11.000Z",
            "type": kind,
            kind: content,
        },
    }
    for kind, content in (
        ("text", {"body": "Hola"}),
        ("audio", {"id": "1", "link": "https://api.ycloud.com/x", "mime_type": "audio/ogg"}),
        ("interactive", {"type": "list_reply", "list_reply": {"id": "r1", "title": "Reclamo"}}),
    )
] + [
    {
        "id": "evt_2",
        "type": "whatsapp.message.updated",
        "whatsappMessage": {
            "id": "1",
            "wamid": "wamid.ours",
            "externalId": "folio-1",
            "from": "+56222223333",
            "status": "failed",
            "errorCode": "131047",
            "whatsappApiError": {"code": "131047"},
            "updateTime": "2026-11-20T12:08:11.000Z",
        },
    }
]
TWILIO = [
    {"MessageSid": "SM1", "From": "whatsapp:+56912345678", "To": "whatsapp:+56222223333", **more}
    for more in (
        {"Body": "Hola", "ProfileName": "Ana", "NumMedia": "0"},
        {"Body": "", "NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x/ME1", "MediaContentType0": "image/png"},
        {"Body": "Sí", "ButtonPayload": "si", "ButtonText": "Sí", "OriginalRepliedMessageSid": "SM0"},
        {"Latitude": "-33.4", "Longitude": "-70.6", "Label": "Plaza", "Address": "Calle 1"},
    )
] + [
    {
        "MessageSid": "SM1",
        "From": "whatsapp:+56222223333",
        "To": "whatsapp:+56912345678",
        "MessageStatus": "failed",
        "ErrorCode": "63016",
    }
]
FORM = "application/x-www-form-urlencoded"
SAMPLES = {
    "meta": [json.dumps(META).encode()],
    "evolution": [json.dumps(sample).encode() for sample in EVOLUTION],
    "ycloud": [json.dumps(sample).encode() for sample in YCLOUD],
    "twilio": [urlencode(sample).encode() for sample in TWILIO],
}
NAMES = sorted(SAMPLES)

HOSTILE_TEXT = st.sampled_from(
    ["", " ", "\x00", "\ud800", "\udfff\x00x", "a\nb", "x" * 70_000, "-1", "1e999", "NaN", "9" * 400, "@", "@lid", "💥"]
)
SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-(10**400), max_value=10**400),
    st.floats(),
    st.text(max_size=20),
    HOSTILE_TEXT,
)
ANYTHING = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def read(account, name, body):
    """Return what a provider reads of a body, None when it is no webhook; anything else that is raised is a defect."""
    content_type = FORM if name == "twilio" else "application/json"
    try:
        found = registry.get(name).parse(account(name), body, content_type=content_type)
    except PayloadInvalid:
        return None
    check(found)
    return found


def check(found):
    """What comes out can be stored, published and counted."""
    assert isinstance(found, Webhook)
    assert sum(found.dropped.values()) >= len(found.dropped)
    for message in found.messages:
        assert message.kind in set(MessageKind)
        assert message.sent_at.tzinfo is not None
        assert (message.media is not None) == (message.kind in {"image", "document", "audio"})
        assert (message.location is not None) == (message.kind == "location")
        assert (message.choice_id is not None) == (message.kind == "button")
        assert (message.unsupported is not None) == (message.kind == "unsupported")
        assert message.text or message.kind != "text"
        assert message.phone in {None, f"+{message.address}"}
        assert len(message.text) <= 65_536
        assert len(message.provider_message_id) <= 300
        assert len(message.address) <= 120
        assert len(message.name or "") <= 200
    for status in found.statuses:
        assert len(status.provider_message_id) <= 300
        assert len(status.error_code or "") <= 80
        assert (status.decision is not None) == (status.status == "failed")
    storable(repr_of(found))


def repr_of(found):
    return [
        value
        for item in (*found.messages, *found.statuses)
        for value in (getattr(item, name) for name in item.__slots__)
        if isinstance(value, str)
    ]


def storable(words):
    for value in words:
        value.encode()
        assert "\x00" not in value


def nodes(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from nodes(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from nodes(inner, (*path, index))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("name", NAMES)
def test_the_samples_are_read(account, name):
    for body in SAMPLES[name]:
        found = read(account, name, body)
        assert found.messages or found.statuses
        assert not set(found.dropped) - {"account_error"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("step", [1, 7])
def test_truncated(account, name, step):
    for body in SAMPLES[name]:
        for length in range(0, len(body), step if len(body) < 1_000 else 7 * step):
            found = read(account, name, body[:length])
            assert found is None or name == "twilio"


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=200))
def test_any_bytes(account, name, body):
    assert read(account, name, body) is None


@pytest.mark.parametrize("name", NAMES)
@given(value=ANYTHING)
def test_any_json(account, name, value):
    assert read(account, name, json.dumps(value).encode()) is None


@pytest.mark.parametrize("name", [name for name in NAMES if name != "twilio"])
@settings(max_examples=400)
@given(data=st.data())
def test_anything_in_any_place(account, name, data):
    sample = json.loads(data.draw(st.sampled_from(SAMPLES[name])))
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(nodes(sample))))
        sample = replaced(sample, path, data.draw(ANYTHING))
        if not isinstance(sample, dict | list):
            break
    read(account, name, json.dumps(sample).encode())


@settings(max_examples=400)
@given(data=st.data())
def test_anything_in_any_field_of_a_form(account, data):
    fields = dict(parse_qsl(data.draw(st.sampled_from(SAMPLES["twilio"])).decode(), keep_blank_values=True))
    name = data.draw(st.sampled_from(sorted(fields)))
    words = data.draw(HOSTILE_TEXT | st.text(max_size=30))
    body = urlencode({**fields, name: words}, errors="surrogatepass").encode()
    read(account, "twilio", body)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 200_000,
        b"9" * 1_000_000,
        b'{"object":"whatsapp_business_account","entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"event":"messages.upsert","instance":"munbot","data":' + b'{"m":' * 50_000 + b"1" + b"}" * 50_001,
        b"&" * 1_000_000,
        b"a=%zz&b=%00&" * 100,
        json.dumps({"object": "whatsapp_business_account", "entry": [math.inf]}).encode() + b"}",
    ],
)
def test_bombs(account, name, body):
    read(account, name, body)


def test_a_thousand_messages_in_one_body(account):
    value = META["entry"][0]["changes"][0]
    body = json.dumps({**META, "entry": [{"changes": [value] * 112}]}).encode()
    assert len(read(account, "meta", body).messages) == 112 * 9

"""Evolution's provider over a server written for the test."""

import base64
import time

import httpx
import jwt
import pytest
from munbot_contracts.messages import Location
from munbot_whatsapp.providers.base import (
    Decision,
    MediaRef,
    MediaUnavailable,
    OutboundMedia,
    Outgoing,
    SendFailed,
    SignatureInvalid,
    Template,
)
from munbot_whatsapp.providers.evolution import EvolutionProvider

SECRET = "a-webhook-secret-of-some-length-1234"
SENT = {"key": {"remoteJid": "56912345678@s.whatsapp.net", "fromMe": True, "id": "3EBNEW"}, "status": "PENDING"}


@pytest.fixture
def evolution(server):
    return EvolutionProvider(transport=server.transport)


@pytest.fixture
def ours(account):
    return account("evolution")


def check(evolution, account, authorization, remote="10.0.0.7"):
    headers = {} if authorization is None else {"authorization": authorization}
    evolution.verify(account, headers=headers, body=b"{}", url="http://x/", remote=remote)


def token(secret=SECRET, **changes):
    claims = {"iat": int(time.time()), "exp": int(time.time()) + 600, "app": "evolution", "action": "webhook"}
    claims.update(changes)
    claims = {name: value for name, value in claims.items() if value is not None}
    return "Bearer " + jwt.encode(claims, secret, algorithm="HS256")


def test_the_secret_header(evolution, ours):
    check(evolution, ours, f"Bearer {SECRET}")
    check(evolution, ours, token())
    check(evolution, ours, token(iat=int(time.time()) + 30))


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {SECRET}",
        "Bearer another",
        "Bearer ñ",
        token("another-secret-of-some-length-12345678"),
        token(exp=1),
        token(exp=None),
        token(app="other"),
        token(action="other"),
        "Bearer " + jwt.encode({"exp": 9999999999, "app": "evolution", "action": "webhook"}, None, algorithm="none"),
    ],
)
def test_wrong_secrets(evolution, ours, authorization):
    with pytest.raises(SignatureInvalid):
        check(evolution, ours, authorization)


def test_an_empty_secret_opens_nothing(evolution, account):
    with pytest.raises(SignatureInvalid):
        check(evolution, account("evolution", credentials={"webhook_secret": ""}), "Bearer ")


@pytest.mark.parametrize(
    ("allowed", "remote", "passes"),
    [
        (["10.0.0.0/8"], "10.0.0.7", True),
        (["192.168.1.5", "10.0.0.7"], "10.0.0.7", True),
        (["10.0.0.0/24"], "10.0.1.7", False),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "10.0.0.7", False),
        (["10.0.0.0/8"], "", False),
        (["10.0.0.0/8"], "unknown", False),
        (["nonsense"], "10.0.0.7", False),
        ("10.0.0.0/8", "10.0.0.7", False),
        ([], "10.0.0.7", True),
    ],
)
def test_where_it_may_come_from(evolution, account, allowed, remote, passes):
    guarded = account("evolution", options={"allowed_ips": allowed})
    if passes:
        check(evolution, guarded, f"Bearer {SECRET}", remote)
        return
    with pytest.raises(SignatureInvalid):
        check(evolution, guarded, f"Bearer {SECRET}", remote)


def test_there_is_no_challenge(evolution, ours):
    assert evolution.challenge(ours, {"hub.mode": "subscribe", "hub.challenge": "1"}) is None


POINT = Location(latitude=-33.4, longitude=-70.6)
PNG = OutboundMedia("image", "image/png", b"png")


@pytest.mark.parametrize(
    ("message", "route", "body"),
    [
        ({"text": "Hola"}, "sendText", {"text": "Hola", "linkPreview": False}),
        (
            {"media": PNG, "text": "mire"},
            "sendMedia",
            {"mediatype": "image", "mimetype": "image/png", "media": "cG5n", "caption": "mire"},
        ),
        (
            {"media": OutboundMedia("document", "application/pdf", b"%PDF", filename="a.pdf")},
            "sendMedia",
            {"mediatype": "document", "mimetype": "application/pdf", "media": "JVBERg==", "fileName": "a.pdf"},
        ),
        (
            {"media": OutboundMedia("audio", "audio/ogg", b"OggS")},
            "sendWhatsAppAudio",
            {"audio": "T2dnUw==", "encoding": False},
        ),
        (
            {"media": OutboundMedia("audio", "audio/mpeg", b"ID3")},
            "sendWhatsAppAudio",
            {"audio": "SUQz", "encoding": True},
        ),
        (
            {"location": POINT},
            "sendLocation",
            {
                "latitude": -33.4,
                "longitude": -70.6,
                "name": "-33.400000, -70.600000",
                "address": "-33.400000, -70.600000",
            },
        ),
        (
            {"template": Template("recordatorio", "es_CL", ("Ana",)), "text": "Recuerde su hora"},
            "sendText",
            {"text": "Recuerde su hora", "linkPreview": False},
        ),
    ],
)
def test_what_is_sent(evolution, ours, server, message, route, body):
    server.answer(201, json=SENT)
    assert evolution.send(ours, Outgoing(to="56912345678", reference="r", **message)) == "3EBNEW"
    assert str(server.last.url) == f"http://evolution-api:8080/message/{route}/munbot"
    assert server.last.headers["apikey"] == "evo-key"
    assert server.sent() == {"number": "56912345678", **body}


def test_templates_of_its_cloud_channel(evolution, account, server):
    server.answer(201, json=SENT)
    message = Outgoing(to="56912345678", reference="r", template=Template("recordatorio", "es_CL", ("Ana",)))
    evolution.send(account("evolution", options={"cloud": True}), message)
    assert server.last.url.path == "/message/sendTemplate/munbot"
    assert server.sent() == {
        "number": "56912345678",
        "name": "recordatorio",
        "language": "es_CL",
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ana"}]}],
    }


def test_a_template_without_words_is_not_sent(evolution, ours, server):
    with pytest.raises(SendFailed) as caught:
        evolution.send(ours, Outgoing(to="56912345678", reference="r", template=Template("x", "es")))
    assert (caught.value.decision, server.requests) == (Decision.PERMANENT, [])


def test_the_name_of_the_instance_is_quoted(evolution, account, server):
    server.answer(201, json=SENT)
    evolution.send(account("evolution", provider_ref="a/b"), Outgoing(to="56912345678", reference="r", text="Hola"))
    assert server.last.url.raw_path == b"/message/sendText/a%2Fb"


@pytest.mark.parametrize(("address", "jid"), [("56912345678", "56912345678@s.whatsapp.net"), ("88@lid", "88@lid")])
def test_read_and_typing(evolution, ours, server, address, jid):
    server.answer(201, json={})
    evolution.mark_read(ours, "3EB0A1", address, typing=True)
    assert [request.url.path for request in server.requests] == [
        "/chat/markMessageAsRead/munbot",
        "/chat/sendPresence/munbot",
    ]
    assert server.sent(0) == {"readMessages": [{"remoteJid": jid, "fromMe": False, "id": "3EB0A1"}]}
    assert server.sent(1)["number"] == address
    evolution.mark_read(ours, "3EB0A1", address, typing=False)
    assert len(server.requests) == 3


def refusal(*said):
    return {"status": 400, "error": "Bad Request", "response": {"message": list(said)}}


def failure(evolution, ours):
    with pytest.raises(SendFailed) as caught:
        evolution.send(ours, Outgoing(to="56912345678", reference="r", text="Hola"))
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "decision", "code", "uncertain"),
    [
        (
            400,
            refusal({"jid": "56912345678@s.whatsapp.net", "exists": False, "number": "56912345678"}),
            Decision.PERMANENT,
            "not_on_whatsapp",
            False,
        ),
        (400, refusal(['instance requires property "text"']), Decision.PERMANENT, "request_invalid", False),
        (400, refusal("Error: Connection Closed"), Decision.WAIT_ACCOUNT, "connection_closed", False),
        (500, refusal("Connection Closed"), Decision.WAIT_ACCOUNT, "connection_closed", False),
        (400, refusal("Error: rate-overlimit"), Decision.WAIT_ACCOUNT, "rate_overlimit", False),
        (400, refusal("Error: (#131047) Re-engagement message"), Decision.WINDOW_CLOSED, "131047", False),
        (400, refusal("Error: (#131056) Pair rate limit hit"), Decision.WAIT_CITIZEN, "131056", False),
        (400, refusal("PrismaClientKnownRequestError: message.create()"), Decision.RETRY, "http_400", True),
        (400, refusal("Error: Timed Out"), Decision.RETRY, "http_400", True),
        (400, refusal(), Decision.RETRY, "http_400", True),
        (
            401,
            {"status": 401, "error": "Unauthorized", "response": {"message": "Unauthorized"}},
            Decision.STOP,
            "http_401",
            False,
        ),
        (403, {"status": 403, "response": {"message": ["Forbidden"]}}, Decision.STOP, "http_403", False),
        (
            404,
            {"status": 404, "response": {"message": ['The "munbot" instance does not exist']}},
            Decision.WAIT_ACCOUNT,
            "instance_unknown",
            False,
        ),
        (500, {"status": 500, "response": {"message": "Internal"}}, Decision.RETRY, "http_500", True),
        (404, {}, Decision.RETRY, "http_404", False),
        (401, {}, Decision.STOP, "http_401", False),
        (503, {}, Decision.RETRY, "http_503", False),
    ],
)
def test_refusals(evolution, ours, server, status, body, decision, code, uncertain):
    server.answer(status, json=body)
    error = failure(evolution, ours)
    assert (error.decision, error.code, error.uncertain) == (decision, code, uncertain)


def test_a_broken_connection_may_have_sent(evolution, ours, server):
    server.answer(error=httpx.ReadTimeout)
    assert failure(evolution, ours).uncertain


@pytest.mark.parametrize("answer", [{}, {"key": {}}, {"key": {"id": ""}}, {"key": "x"}])
def test_an_answer_without_an_id_may_have_sent(evolution, ours, server, answer):
    server.answer(201, json=answer)
    assert failure(evolution, ours).uncertain


@pytest.mark.parametrize(
    ("state", "decision"), [("connecting", Decision.RETRY), ("close", Decision.STOP), (None, Decision.STOP)]
)
def test_probe(evolution, ours, server, state, decision):
    server.answer(json={"instance": {"instanceName": "munbot", "state": "open"}})
    evolution.probe(ours)
    assert server.last.url.path == "/instance/connectionState/munbot"
    server.answers[:] = []
    server.answer(json={"instance": {"instanceName": "munbot", "state": state}})
    with pytest.raises(SendFailed) as caught:
        evolution.probe(ours)
    assert caught.value.decision is decision


def test_a_file(evolution, ours, server):
    data = bytes(range(256)) * 1_000
    server.answer(201, json={"mimetype": "image/jpeg", "base64": base64.b64encode(data).decode(), "fileName": "x"})
    with evolution.fetch(ours, MediaRef(ref="3EB0A1", url="http://169.254.169.254/", size=len(data))) as fetched:
        pieces = list(fetched.pieces)
    assert (fetched.content_type, fetched.size, b"".join(pieces)) == ("image/jpeg", len(data), data)
    assert len(pieces) > 1
    assert [str(request.url) for request in server.requests] == [
        "http://evolution-api:8080/chat/getBase64FromMediaMessage/munbot"
    ]
    assert server.sent() == {"message": {"key": {"id": "3EB0A1"}}, "convertToMp4": False}


@pytest.mark.parametrize(
    ("status", "body", "temporary"),
    [
        (201, {}, False),
        (201, {"base64": "no base64"}, False),
        (400, refusal("Error: Failed to fetch stream"), True),
        (400, refusal(['instance requires property "message"']), False),
        (503, {}, True),
    ],
)
def test_files_that_cannot_be_had(evolution, ours, server, status, body, temporary):
    server.answer(status, json=body)
    with pytest.raises(MediaUnavailable) as caught, evolution.fetch(ours, MediaRef(ref="3EB0A1")):
        pass
    assert (caught.value.problem, caught.value.temporary) == ("unavailable", temporary)


def test_a_file_that_says_it_is_too_large_is_not_asked_for(evolution, ours, server):
    with pytest.raises(MediaUnavailable) as caught, evolution.fetch(ours, MediaRef(ref="1", size=1 << 30)):
        pass
    assert (caught.value.problem, server.requests) == ("too_large", [])

from datetime import UTC, datetime
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
from munbot_notifications.channels.base import (
    AddressRefused,
    ChannelAway,
    DeliveryError,
    Outgoing,
    Permanent,
    Retryable,
)
from munbot_notifications.channels.sms import SmsChannel
from munbot_notifications.templates.engine import Filled

MESSAGE = Outgoing(
    id=UUID(int=1),
    tenant="valle-claro",
    sender="Municipalidad",
    address="+56987654321",
    filled=Filled("s", "t", "h", "Recordatorio: su hora es mañana"),
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
)


def channel(answer):
    def respond(request):
        respond.request = request
        if isinstance(answer, Exception):
            raise answer
        return answer

    made = SmsChannel(
        "https://api.example", account="AC1", token="t", sender="+56911111111", transport=httpx.MockTransport(respond)
    )
    return made, respond


def test_a_message_is_asked_for_as_twilio_wants_it():
    made, asked = channel(httpx.Response(201, json={"sid": "SM1"}))
    assert made.send(MESSAGE) == "SM1"
    request = asked.request
    assert request.url.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert request.headers["Authorization"].startswith("Basic ")
    form = parse_qs(request.read().decode())
    assert form == {"To": ["+56987654321"], "From": ["+56911111111"], "Body": ["Recordatorio: su hora es mañana"]}


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (httpx.Response(503), Retryable, "sms_503"),
        (httpx.Response(429, json={"code": 20429}), Retryable, "sms_429"),
        (httpx.Response(401, json={"code": 20003}), ChannelAway, "sms_401"),
        (httpx.Response(400, json={"code": 21211}), AddressRefused, "sms_21211"),
        (httpx.Response(400, json={"code": 21610}), AddressRefused, "sms_21610"),
        (httpx.Response(400, json={"code": 21606}), Permanent, "sms_21606"),
        (httpx.Response(400, text="not json"), Permanent, "sms_400"),
        (httpx.ConnectError("x"), ChannelAway, "sms_unreachable"),
        (httpx.ReadTimeout("x"), Retryable, "sms_readtimeout"),
    ],
)
def test_what_each_refusal_means(answer, kind, code):
    made, _ = channel(answer)
    with pytest.raises(DeliveryError) as caught:
        made.send(MESSAGE)
    assert (type(caught.value), caught.value.code) == (kind, code)


def test_who_opted_out_at_the_provider_is_told_apart_from_who_does_not_exist():
    reasons = []
    for number in (21610, 21211):
        made, _ = channel(httpx.Response(400, json={"code": number}))
        with pytest.raises(AddressRefused) as caught:
            made.send(MESSAGE)
        reasons.append(caught.value.reason)
    assert reasons == ["opted_out", "bounced"]

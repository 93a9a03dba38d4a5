"""What each answer of Rasa means, over a transport written for the test."""

import httpx
import pytest
from munbot_conversations.turns.rasa import RasaAway, RasaClient, RasaRefused


def client(handler):
    return RasaClient("http://rasa:5005", timeout=1, transport=httpx.MockTransport(handler))


def raising(error):
    def handler(request):
        raise error("away", request=request)

    return handler


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (httpx.ConnectError, "unreachable"),
        (httpx.ConnectTimeout, "unreachable"),
        (httpx.ReadTimeout, "timeout"),
        (httpx.RemoteProtocolError, "failed"),
        (httpx.ReadError, "failed"),
    ],
)
def test_broken_connections(error, reason):
    with pytest.raises(RasaAway) as caught:
        client(raising(error)).ask(sender="s", message="m", metadata={})
    assert caught.value.reason == reason


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429, 401, 403, 404, 405])
def test_statuses_that_may_pass(status):
    with pytest.raises(RasaAway):
        client(lambda _: httpx.Response(status)).ask(sender="s", message="m", metadata={})


@pytest.mark.parametrize(
    "response", [httpx.Response(400), httpx.Response(422), httpx.Response(200, text="x"), httpx.Response(200, json={})]
)
def test_answers_that_will_not_get_better(response):
    with pytest.raises(RasaRefused):
        client(lambda _: response).ask(sender="s", message="m", metadata={})


def test_a_missing_tracker_means_never_asked():
    assert client(lambda _: httpx.Response(404)).earlier_replies(sender="s", message_id="1") is None
    with pytest.raises(RasaAway):
        client(lambda _: httpx.Response(500)).earlier_replies(sender="s", message_id="1")
    with pytest.raises(RasaAway):
        client(lambda _: httpx.Response(200, text="?")).earlier_replies(sender="s", message_id="1")


def test_the_sender_is_quoted():
    seen = []

    def handler(request):
        seen.append(request.url.raw_path.decode())
        return httpx.Response(200, json={"events": None})

    assert client(handler).earlier_replies(sender="a/b.1", message_id="1") is None
    assert seen == ["/conversations/a%2Fb.1/tracker?include_events=ALL"]

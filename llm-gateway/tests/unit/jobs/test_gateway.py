"""What the gateway's answers mean to its worker."""

import httpx
import pytest
from munbot_contracts.jobs import ComplaintInput
from munbot_llm.jobs.gateway import (
    GatewayAway,
    GatewayBusy,
    GatewayClient,
    GatewayRefused,
    PromptTooLong,
    TooSlow,
)

COMPLAINT = ComplaintInput.model_validate({"text": "no pasa", "categories": [{"code": "aseo", "name": "Aseo"}]})
BUSY = httpx.Response(429, headers={"Retry-After": "0"}, json={"code": "queue_full"})
SAID = httpx.Response(200, json={"choices": [{"message": {"content": "Hola."}}]})


class Answers(httpx.MockTransport):
    """Says what it was given to say, one after the other; the last one for ever."""

    def __init__(self, *answers):
        self.requests = []
        self._answers = list(answers)
        super().__init__(self._answer)

    def _answer(self, request):
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def client_of(*answers, patience=5.0):
    transport = Answers(*answers)
    return GatewayClient("http://gateway", token="t", patience_seconds=patience, transport=transport), transport


def complete(client):
    return client.complete("valle-claro", "m", [{"role": "user", "content": "x"}], max_tokens=5, temperature=0.1)


def test_who_asks_and_for_whom():
    client, transport = client_of(SAID)
    assert complete(client) == "Hola."
    (request,) = transport.requests
    assert request.headers["Authorization"] == "Bearer t"
    assert request.headers["X-Munbot-Tenant"] == "valle-claro"
    assert request.headers["X-Munbot-Priority"] == "low"


def test_a_full_queue_is_waited_for():
    client, transport = client_of(BUSY, BUSY, BUSY, SAID)
    assert complete(client) == "Hola."
    assert len(transport.requests) == 4


def test_but_not_for_ever():
    client, _ = client_of(httpx.Response(429, headers={"Retry-After": "30"}, json={}), patience=0.2)
    with pytest.raises(GatewayBusy) as busy:
        complete(client)
    assert busy.value.seconds == 30


@pytest.mark.parametrize("asked", ["", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400])
def test_any_retry_after_is_survived(asked):
    client, _ = client_of(httpx.Response(429, headers={"Retry-After": asked}, json={}), patience=0.05)
    with pytest.raises(GatewayBusy) as busy:
        complete(client)
    assert 0 <= busy.value.seconds <= 60


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(503, json={"code": "model_unavailable"}), GatewayAway),
        (httpx.Response(503, json={"code": "model_process_lost"}), GatewayAway),
        (httpx.Response(502, text="<html>"), GatewayAway),
        (httpx.Response(500, json=[]), GatewayAway),
        (httpx.ConnectError("no"), GatewayAway),
        (httpx.ReadTimeout("no"), GatewayAway),
        (httpx.Response(504, json={"code": "deadline_exceeded"}), TooSlow),
        (httpx.Response(400, json={"code": "prompt_too_long"}), PromptTooLong),
        (httpx.Response(403, json={"code": "forbidden"}), GatewayRefused),
        (httpx.Response(404, text=""), GatewayRefused),
    ],
)
def test_refusals(answer, error):
    client, transport = client_of(answer)
    with pytest.raises(error):
        complete(client)
    assert len(transport.requests) == 1  # the broker does the rest


def test_status_and_categories():
    client, _ = client_of(httpx.Response(200, json={"model": {"state": "loading", "name": "m", "reason": ""}}))
    assert client.model("valle-claro").coming
    client, _ = client_of(httpx.Response(200, json={"category": {"code": "aseo", "confidence": 0.9}}))
    assert client.categorise("valle-claro", COMPLAINT).category.code == "aseo"

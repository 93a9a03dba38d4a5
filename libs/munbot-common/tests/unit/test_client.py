"""Both clients, by one table: what is sent, what is repeated, how long, and what the caller hears."""

import asyncio
import functools
import inspect

import httpx
import pytest
import stamina
from munbot_common.client import AsyncServiceClient, ServiceAway, ServiceClient, ServiceProblem
from munbot_common.logs import bound_correlation_id


class Server:
    """Answers with what it is given, one after another, and keeps what was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer()


def says(status, **content):
    """An answer, made anew each time that it is given: a body can be read once."""
    return functools.partial(httpx.Response, status, **content)


@pytest.fixture(autouse=True)
def no_waiting():
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture(params=[ServiceClient, AsyncServiceClient])
def ask(request):
    """Ask a server by one of the two clients: ask(server, "GET", "/x", tenant=…)."""

    def run(server, method, path, *, token="t", attempts=3, **more):
        client = request.param("http://svc", token=token, attempts=attempts, transport=httpx.MockTransport(server))
        if not inspect.iscoroutinefunction(client.request):
            return client.request(method, path, **more)

        async def call():
            try:
                return await client.request(method, path, **more)
            finally:
                await client.close()

        return asyncio.run(call())

    return run


def test_it_says_who_asks_and_for_whom(ask):
    server = Server(says(200, json={"a": 1}))
    with bound_correlation_id("c-1"):
        found = ask(
            server,
            "POST",
            "/v1/x",
            tenant="valle-claro",
            params={"q": "ñ", "none": None},
            json={"b": 2},
            idempotency_key="k",
        )
    assert found == {"a": 1}
    (request,) = server.asked
    assert str(request.url) == "http://svc/v1/x?q=%C3%B1"
    assert request.read() == b'{"b":2}'
    sent = {name: request.headers[name] for name in ("authorization", "x-munbot-tenant", "idempotency-key")}
    assert sent == {"authorization": "Bearer t", "x-munbot-tenant": "valle-claro", "idempotency-key": "k"}
    assert request.headers["x-correlation-id"] == "c-1"


def test_without_a_token_it_shows_none(ask):
    server = Server(says(200, json=[]))
    assert ask(server, "GET", "/v1/public", token=None) == []
    assert not {"authorization", "x-munbot-tenant", "idempotency-key"} & set(server.asked[0].headers)


@pytest.mark.parametrize("away", [httpx.ConnectError("no"), httpx.ReadTimeout("late"), *map(says, (502, 503, 504))])
@pytest.mark.parametrize(
    ("method", "key", "times"),
    [("GET", None, 3), ("PUT", None, 3), ("DELETE", None, 3), ("POST", "k", 3), ("PATCH", "k", 3), ("POST", None, 1)],
)
def test_only_what_may_be_repeated_is_repeated(ask, method, key, times, away):
    server = Server(*[away] * 5)
    with pytest.raises(ServiceAway):
        ask(server, method, "/v1/x", idempotency_key=key)
    assert len(server.asked) == times


def test_it_goes_on_when_the_service_is_back(ask):
    server = Server(httpx.ConnectError("no"), says(503), says(200, json="ok"))
    assert ask(server, "GET", "/v1/x") == "ok"


def test_a_single_attempt_is_one(ask):
    server = Server(*[says(503)] * 2)
    with pytest.raises(ServiceAway, match="svc answers 503"):
        ask(server, "GET", "/v1/x", attempts=1)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 422, 429, 500])
def test_a_refusal_is_not_repeated(ask, status):
    server = Server(says(status, json={"code": "slot_taken", "detail": "Ya no está", "x": 1}))
    with pytest.raises(ServiceProblem) as caught:
        ask(server, "GET", "/v1/x")
    assert (caught.value.status, caught.value.code, caught.value.detail) == (status, "slot_taken", "Ya no está")
    assert caught.value.body["x"] == 1


@pytest.mark.parametrize("answer", [says(500, text="<html>"), says(500, json=["no object"])])
def test_a_refusal_without_a_problem_document_has_a_code_too(ask, answer):
    with pytest.raises(ServiceProblem) as caught:
        ask(Server(answer), "GET", "/v1/x")
    assert (caught.value.code, caught.value.body) == ("http_500", {})


@pytest.mark.parametrize(
    ("answer", "found"),
    [(says(204), None), (says(200), None), (says(200, text="a;b"), "a;b")],
)
def test_answers_that_are_no_json(ask, answer, found):
    assert ask(Server(answer), "GET", "/v1/x") == found


@pytest.mark.parametrize("client", [ServiceClient, AsyncServiceClient])
def test_it_waits_longer_each_time_but_never_long(client, monkeypatch):
    slept = []

    async def doze(seconds):
        slept.append(seconds)

    monkeypatch.setattr("stamina._core._smart_sleep", doze)
    monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
    server = Server(*[says(503)] * 6)
    with stamina.set_testing(False), pytest.raises(ServiceAway):
        made = client("http://svc", token=None, attempts=6, transport=httpx.MockTransport(server))
        answer = made.request("GET", "/v1/x")
        if inspect.isawaitable(answer):
            asyncio.run(answer)
    assert len(server.asked) == 6
    # 0.1 s doubled each time, with up to a second of jitter, and a second at most.
    assert len(slept) == 5
    assert all(0.1 <= seconds <= 1.0 for seconds in slept)

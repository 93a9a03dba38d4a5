import asyncio

import httpx
import pytest
from munbot_web.operations.queues import BrokerAway, QueueBook, grouped
from munbot_web.operations.services import ServiceHealths


def queue(name, ready=0, unacked=0, consumers=0, **arguments):
    return {
        "name": name,
        "consumers": consumers,
        "messages_ready": ready,
        "messages_unacknowledged": unacked,
        "arguments": arguments,
    }


def test_a_queue_and_its_helpers_are_one_line():
    found = [
        queue("web.outbound.1", 3, consumers=1, **{"x-expires": 600_000}),
        queue("b.dead", 2, 1),
        queue("b.retry.1", 4),
        queue("b.retry.3", 1, 1),
        queue("b", 5, 6, 2),
        queue("alone.dead", 9),
    ]
    states = [state.model_dump() for state in grouped(found)]
    assert [state["name"] for state in states] == ["alone.dead", "b", "web.outbound.1"]
    assert states[1] == {
        "name": "b",
        "consumers": 2,
        "ready": 5,
        "in_work": 6,
        "retrying": 6,
        "dead": 3,
        "lasting": True,
    }
    assert (states[2]["lasting"], states[2]["dead"]) == (False, None)


def test_a_new_queue_without_counts_is_empty():
    (state,) = grouped([{"name": "new"}])
    assert (state.ready, state.consumers, state.dead, state.lasting) == (0, 0, None, True)


@pytest.mark.parametrize(
    ("url", "path", "user"),
    [
        ("amqp://munbot:s%2Fecreto@rabbitmq:5672/%2F", "/api/queues/%2F", ("munbot", "s/ecreto")),
        ("amqp://munbot:x@rabbitmq:5672/otro", "/api/queues/otro", ("munbot", "x")),
        ("amqp://rabbitmq", "/api/queues/%2F", ("guest", "guest")),
    ],
)
def test_the_book_is_read_with_the_brokers_own_user(url, path, user):
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(200, json=[])

    book = QueueBook("http://rabbitmq:15672", url, transport=httpx.MockTransport(answer))
    assert asyncio.run(book.all()) == []
    assert asked[0].url.raw_path.decode().split("?")[0] == path
    assert asked[0].headers["Authorization"] == httpx.BasicAuth(*user)._auth_header


@pytest.mark.parametrize("status", [401, 404, 500, None])
def test_a_broker_that_does_not_answer(status):
    def answer(request):
        if status is None:
            raise httpx.ConnectError("no")
        return httpx.Response(status)

    book = QueueBook("http://rabbitmq:15672", "amqp://rabbitmq", transport=httpx.MockTransport(answer))
    with pytest.raises(BrokerAway):
        asyncio.run(book.all())


def test_services_say_what_they_lack():
    def answer(request):
        match request.url.host:
            case "good":
                return httpx.Response(200, json={"status": "ok", "checks": {"database": "ok"}})
            case "bad":
                return httpx.Response(503, json={"status": "unavailable", "checks": {"broker": "BrokerUnavailable"}})
            case "odd":
                return httpx.Response(200, text="3.6.20")
            case "list":
                return httpx.Response(200, json=["x"])
        raise httpx.ReadTimeout("slow")

    names = ["good", "bad", "odd", "list", "gone"]

    def broken():
        raise ConnectionError

    own = {"broker": lambda: None, "replies": broken}
    healths = ServiceHealths({n: f"http://{n}/readyz" for n in names}, own=own, transport=httpx.MockTransport(answer))
    found = asyncio.run(healths.all())
    assert [(one.name, one.status, one.checks) for one in found] == [
        ("web-interface", "unavailable", {"broker": "ok", "replies": "ConnectionError"}),
        ("good", "ok", {"database": "ok"}),
        ("bad", "unavailable", {"broker": "BrokerUnavailable"}),
        ("odd", "ok", {}),
        ("list", "ok", {}),
        ("gone", "away", {"connection": "ReadTimeout"}),
    ]

"""The worker as it runs: from the broker to a receiver, each event once."""

import threading
import time

import pytest
from munbot_common.messaging import OutgoingMessage, Publisher
from munbot_contracts import routing_key
from munbot_notifications.settings import WorkerSettings
from munbot_notifications.vault import Vault
from munbot_notifications.webhooks.worker import WebhookWork

from .conftest import KEY

DEADLINE = 30.0


@pytest.fixture
def working(api, postgres_database, key_pair, rabbitmq_url):
    """The webhooks' part of the worker, running."""
    settings = WorkerSettings(
        munbot_mode="demo",
        database_url=postgres_database,
        rabbitmq_url=rabbitmq_url,
        jwt_public_key=key_pair[1],
        notifications_key=KEY,
        webhook_allowed_hosts="localhost",
    )
    work = WebhookWork(
        settings,
        api.factory,
        Vault(KEY),
        on_disabled=lambda *_args: None,
        usable=lambda: None,
        name="test",
        clock=api.clock,
    )
    stop = threading.Event()
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in work.loops().values()]
    for thread in threads:
        thread.start()
    assert work.consumer.wait_ready(DEADLINE)
    yield work
    stop.set()
    for thread in threads:
        thread.join(DEADLINE)


def test_from_the_broker_to_the_receiver_each_event_once(api, webhook, receiver, event, working, rabbitmq_url):
    webhook()
    events = [event(number=number) for number in range(10)]
    publisher = Publisher(rabbitmq_url, name="test").start()
    try:
        assert publisher.wait_ready(DEADLINE)
        messages = [
            OutgoingMessage(routing_key(each.type), each.model_dump_json().encode(), str(each.id)) for each in events
        ]
        publisher.publish_and_wait([*messages, *messages])  # every one is delivered twice
        until = time.monotonic() + DEADLINE
        while len(receiver.requests) < len(events) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        publisher.close()
    assert [body["data"]["number"] for body in receiver.bodies()] == list(range(10))
    assert [api.rows("SELECT count(*) AS n FROM webhook_deliveries")[0]["n"]] == [10]
    assert working.checks()["webhook-events"]() is None

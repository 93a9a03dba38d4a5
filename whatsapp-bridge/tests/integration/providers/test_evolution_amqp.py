"""Evolution's events by RabbitMQ: none lost, each in its turn, and what cannot be read does not stop the rest."""

import json
import threading
import time

import pika
import pytest
from munbot_common.messaging import BrokerUnavailable
from munbot_whatsapp.providers.evolution.amqp import DEAD_QUEUE, QUEUE, EvolutionConsumer

EXCHANGE = "evolution_exchange"


def event(text, name="messages.upsert", instance="munbot"):
    key = {"remoteJid": "56912345678@s.whatsapp.net", "fromMe": False, "id": f"3EB0-{text}"}
    data = {"key": key, "message": {"conversation": text}, "messageTimestamp": 1749416383}
    return json.dumps({"event": name, "instance": instance, "data": data}).encode()


class Taker:
    """Keeps what it was given; fails first as often as it is told."""

    def __init__(self):
        self.taken = []
        self.tries = 0
        self.failures = []

    def __call__(self, instance, webhook):
        self.tries += 1
        if self.failures:
            raise self.failures.pop(0)
        self.taken += [(instance, message.text) for message in webhook.messages]


def until(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def channel(rabbitmq_url):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
    channel = connection.channel()
    # As Evolution declares its global exchange and queue.
    channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=True, auto_delete=False)
    channel.queue_declare("messages.upsert", durable=True, arguments={"x-queue-type": "quorum"})
    channel.queue_bind("messages.upsert", EXCHANGE, "messages.upsert")
    yield channel
    for queue in (QUEUE, DEAD_QUEUE):
        channel.queue_delete(queue)
    connection.close()


@pytest.fixture
def taker():
    return Taker()


@pytest.fixture
def start(rabbitmq_url, taker):
    """Callable that starts a consumer and returns how to stop it."""
    running = []

    def start():
        consumer = EvolutionConsumer(rabbitmq_url, exchange=EXCHANGE, deliver=taker, attempts=3, wait_max=0.05)
        stop = threading.Event()
        thread = threading.Thread(target=consumer.run, args=(stop,))
        thread.start()
        running.append((stop, thread))
        assert consumer.wait_ready(30)

        def end():
            stop.set()
            thread.join(30)
            assert not thread.is_alive()

        return end

    yield start
    for stop, thread in running:
        stop.set()
        thread.join(30)


def publish(channel, *bodies, key="messages.upsert"):
    for body in bodies:
        channel.basic_publish(EXCHANGE, key, body)


def waiting(channel, queue):
    return channel.queue_declare(queue, passive=True).method.message_count


def test_in_order_and_only_what_we_want(channel, start, taker):
    start()
    publish(channel, event("otro", "presence.update"), key="presence.update")
    publish(channel, *(event(str(number)) for number in range(100)))
    until(lambda: len(taker.taken) == 100)
    assert taker.taken == [("munbot", str(number)) for number in range(100)]


def test_what_came_while_we_were_away(channel, start, taker):
    end = start()
    end()
    publish(channel, event("uno"), event("dos", instance="otra"))
    until(lambda: waiting(channel, QUEUE) == 2)
    start()
    until(lambda: len(taker.taken) == 2)
    assert taker.taken == [("munbot", "uno"), ("otra", "dos")]


def test_what_cannot_be_read_is_put_aside(channel, start, taker):
    start()
    publish(channel, b"{", b'{"event":"messages.upsert"}', event("bien"))
    until(lambda: taker.taken == [("munbot", "bien")])
    until(lambda: waiting(channel, DEAD_QUEUE) == 2)


def test_while_our_broker_is_away_it_waits_without_end_and_in_order(channel, start, taker):
    taker.failures = [BrokerUnavailable("away")] * 20
    start()
    publish(channel, event("uno"), event("dos"))
    until(lambda: len(taker.taken) == 2)
    assert taker.taken == [("munbot", "uno"), ("munbot", "dos")]
    assert taker.tries == 22
    assert waiting(channel, DEAD_QUEUE) == 0


def test_what_always_fails_is_put_aside(channel, start, taker):
    taker.failures = [RuntimeError("defect")] * 3
    start()
    publish(channel, event("uno"), event("dos"))
    until(lambda: taker.taken == [("munbot", "dos")])
    until(lambda: waiting(channel, DEAD_QUEUE) == 1)
    assert taker.tries == 4


def test_who_stops_amid_a_failure_loses_nothing(channel, start, taker):
    taker.failures = [BrokerUnavailable("away")] * 1_000_000
    end = start()
    publish(channel, event("uno"))
    until(lambda: taker.tries > 2)
    end()
    until(lambda: waiting(channel, QUEUE) == 1)
    taker.failures = []
    start()
    until(lambda: taker.taken == [("munbot", "uno")])

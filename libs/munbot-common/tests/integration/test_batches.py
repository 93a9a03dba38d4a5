"""The consumer of batches against a real broker: nothing lost, a bad event apart, an outage waited for."""

import contextlib
import threading
import time
import uuid

import pytest
from munbot_common.messaging import (
    BatchConsumer,
    BatchLimits,
    OutgoingMessage,
    PermanentError,
    Publisher,
    Subscription,
)
from munbot_common.outbox import make_event
from munbot_contracts.messages import MESSAGE_HANDLED, MessageHandled


def until(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def messages(count):
    made = []
    for _ in range(count):
        data = MessageHandled(
            message_id=uuid.uuid4(), conversation_id=uuid.uuid4(), channel="web", outcome="answered", replies=1
        )
        event = make_event(source="test", event_type=MESSAGE_HANDLED, subject="s", tenant="valle-claro", data=data)
        made.append(OutgoingMessage("message.handled.v1", event.model_dump_json().encode(), str(event.id)))
    return made


@pytest.fixture
def publisher(rabbitmq_url):
    publisher = Publisher(rabbitmq_url, name="test").start()
    assert publisher.wait_ready(15)
    yield publisher
    publisher.close()


@pytest.fixture
def consume(rabbitmq_url):
    """Callable that starts a consumer of a new queue with a handler, and waits until it is there."""
    running = []

    def start(handler, usable=lambda: None, queue=None, **limits):
        subscription = Subscription(queue or f"q.{uuid.uuid4().hex[:8]}", ("message.#",))
        consumer = BatchConsumer(
            rabbitmq_url,
            subscription,
            handler,
            usable=usable,
            name="test",
            limits=BatchLimits(**({"events": 50, "seconds": 0.2} | limits)),
        )
        stop = threading.Event()
        thread = threading.Thread(target=consumer.run, args=(stop,))
        thread.start()
        running.append((stop, thread))
        assert consumer.wait_ready(15)
        return consumer

    yield start
    for stop, _ in running:
        stop.set()
    for _, thread in running:
        thread.join(15)
        assert not thread.is_alive()


def test_events_come_in_batches_that_are_full_or_old(publisher, consume):
    sizes, seen = [], []

    def handle(events):
        sizes.append(len(events))
        seen.extend(str(event.id) for event in events)

    consume(handle)
    sent = messages(120)
    publisher.publish_and_wait(sent)
    until(lambda: len(seen) == 120)
    assert seen == [message.message_id for message in sent]
    assert max(sizes) == 50


def test_a_bad_event_goes_to_the_dead_letters_and_the_others_are_handled_once(publisher, consume, rabbitmq_url):
    bad = messages(1)[0]
    done = []

    def handle(events):
        if any(str(event.id) == bad.message_id for event in events):
            raise PermanentError
        done.extend(str(event.id) for event in events)

    consumer = consume(handle)
    good = messages(20)
    garbage = OutgoingMessage("message.handled.v1", b"no event", str(uuid.uuid4()))
    publisher.publish_and_wait([*good[:10], bad, garbage, *good[10:]])
    until(lambda: len(done) >= 20)
    assert sorted(done) == sorted(message.message_id for message in good)

    import pika

    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
    channel = connection.channel()
    dead = []
    until(lambda: _take(channel, consumer.subscription.dead_queue, dead) == 2)
    connection.close()
    assert sorted(dead) == sorted([bad.message_id, garbage.message_id])


def _take(channel, queue, into):
    method, properties, _ = channel.basic_get(queue, auto_ack=True)
    if method:
        into.append(properties.message_id)
    return len(into)


def test_while_the_store_is_away_nothing_is_used_up(publisher, consume):
    away = threading.Event()
    calls, done = [], []

    def usable():
        if away.is_set():
            raise ConnectionError

    def handle(events):
        calls.append(len(events))
        usable()
        done.extend(str(event.id) for event in events)

    consumer = consume(handle, usable)
    away.set()
    sent = messages(30)
    publisher.publish_and_wait(sent)
    until(lambda: calls)
    until(lambda: consumer.heard() is None)
    time.sleep(2.5)
    tried = len(calls)
    assert tried == 1, "it is tried once, and then the store is asked instead"
    away.clear()
    until(lambda: len(done) == 30)
    assert sorted(done) == sorted(message.message_id for message in sent)


def test_what_was_not_handled_when_it_stopped_comes_again(publisher, consume, rabbitmq_url):
    started, done = threading.Event(), []

    def dies(events):
        started.set()
        raise SystemExit

    queue = f"q.{uuid.uuid4().hex[:8]}"
    subscription = Subscription(queue, ("message.#",))
    first = BatchConsumer(rabbitmq_url, subscription, dies, usable=lambda: None, name="test")

    def run():
        with contextlib.suppress(SystemExit):
            first.run(threading.Event())

    thread = threading.Thread(target=run)
    thread.start()
    assert first.wait_ready(15)
    sent = messages(5)
    publisher.publish_and_wait(sent)
    assert started.wait(15)
    thread.join(15)
    consume(lambda events: done.extend(str(event.id) for event in events), queue=queue)
    until(lambda: len(done) == 5)
    assert sorted(done) == sorted(message.message_id for message in sent)

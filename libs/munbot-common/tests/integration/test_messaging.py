"""Publisher, consumer, outbox and inbox against a real broker and a real database."""

import threading
import time
import uuid
from datetime import timedelta

import pika
import pytest
from munbot_common.clock import utc_now
from munbot_common.database import make_engine, make_session_factory, metadata, unit_of_work
from munbot_common.messaging import (
    BrokerUnavailable,
    Consumer,
    OutgoingMessage,
    PermanentError,
    Publisher,
    Subscription,
)
from munbot_common.outbox import OutboxRelay, first_time, inbox_table, make_event, outbox_table, record_events
from munbot_common.settings import DatabaseSettings
from munbot_contracts.messages import MESSAGE_HANDLED, MessageHandled
from sqlalchemy import func, select

META = metadata()
OUTBOX = outbox_table(META)
INBOX = inbox_table(META)


def until(condition, seconds=15.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.02)


def an_event():
    conversation = uuid.uuid4()
    data = MessageHandled(
        message_id=uuid.uuid4(), conversation_id=conversation, channel="web", outcome="answered", replies=1
    )
    return make_event(
        source="test", event_type=MESSAGE_HANDLED, subject=str(conversation), tenant="valle-claro", data=data
    )


def as_message(event, **kw):
    return OutgoingMessage(
        key="message.handled.v1", body=event.model_dump_json().encode(), message_id=str(event.id), **kw
    )


@pytest.fixture
def publisher(rabbitmq_url):
    publisher = Publisher(rabbitmq_url, name="test").start()
    assert publisher.wait_ready(15)
    yield publisher
    publisher.close()


@pytest.fixture
def consume(rabbitmq_url):
    stop = threading.Event()
    threads = []

    def start(queue, handler, **kw):
        consumer = Consumer(rabbitmq_url, Subscription(queue, ("message.handled.v1",)), handler, name="test", **kw)
        thread = threading.Thread(target=consumer.run, args=(stop,), daemon=True)
        thread.start()
        threads.append(thread)
        assert consumer.wait_ready(15)
        return consumer

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)


def queue_length(url, queue):
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        return connection.channel().queue_declare(queue, passive=True).method.message_count


def test_everything_published_arrives_in_order(publisher, consume):
    got = []
    consume("order", lambda event: got.append(event.id))
    events = [an_event() for _ in range(500)]
    publisher.publish_and_wait([as_message(event) for event in events])
    until(lambda: len(got) == 500)
    assert got == [event.id for event in events]


def test_it_tells_how_much_it_has_heard(publisher, consume, rabbitmq_url):
    assert Consumer(rabbitmq_url, Subscription("never", ()), print, name="test").heard() is None
    handled, go_on = [], threading.Event()

    def handle(event):
        handled.append(event.id)
        if len(handled) == 2:
            go_on.wait(30)

    consumer = consume("test.heard", handle)
    until(lambda: consumer.heard().lag < 5)  # nothing waits
    old = an_event().model_copy(update={"time": utc_now() - timedelta(minutes=10)})
    publisher.publish([as_message(old), as_message(an_event())])
    until(lambda: len(handled) == 2)
    before = consumer.heard()
    time.sleep(1.5)
    assert consumer.heard().lag >= before.lag + 1.5, "what it works on has not been heard"
    assert consumer.heard().since >= 1.5
    go_on.set()
    until(lambda: consumer.heard().lag < 1.5)


def test_mandatory_without_a_queue_fails(publisher):
    with pytest.raises(BrokerUnavailable, match="no queue is bound"):
        publisher.publish_and_wait(
            [OutgoingMessage(key="nobody.wants.v1", body=b"{}", message_id=str(uuid.uuid4()), mandatory=True)]
        )
    publisher.publish_and_wait([OutgoingMessage(key="nobody.wants.v1", body=b"{}", message_id=str(uuid.uuid4()))])


def test_publishing_without_a_broker_fails_at_once():
    publisher = Publisher("amqp://guest:guest@127.0.0.1:1/%2F", name="test").start()
    with pytest.raises(BrokerUnavailable):
        publisher.publish_and_wait([as_message(an_event())])
    publisher.close()


def test_a_failing_handler_is_tried_again(publisher, consume):
    seen = []

    def handler(event):
        seen.append(event.id)
        if len(seen) == 1:
            raise RuntimeError("passing trouble")

    consume("retry", handler)
    event = an_event()
    publisher.publish_and_wait([as_message(event)])
    until(lambda: len(seen) == 2)
    assert seen == [event.id, event.id]


def test_what_cannot_be_handled_ends_in_the_dead_queue(publisher, consume, rabbitmq_url):
    def handler(_event):
        raise PermanentError("never")

    consumer = consume("poison", handler)
    publisher.publish_and_wait([as_message(an_event()), OutgoingMessage("message.handled.v1", b"not json", "x")])
    until(lambda: queue_length(rabbitmq_url, consumer.subscription.dead_queue) == 2)


def test_attempts_have_an_end(publisher, consume, rabbitmq_url):
    def handler(_event):
        raise RuntimeError("always")

    consumer = consume("tired", handler, max_attempts=2)
    publisher.publish_and_wait([as_message(an_event())])
    until(lambda: queue_length(rabbitmq_url, consumer.subscription.dead_queue) == 1)


@pytest.fixture(scope="module")
def engine(postgres_database):
    engine = make_engine(DatabaseSettings(database_url=postgres_database))
    META.create_all(engine)
    yield engine
    engine.dispose()


def pending(engine):
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(OUTBOX))


def test_outbox_reaches_the_inbox_once(engine, publisher, consume):
    factory = make_session_factory(engine)
    effects = []

    def handler(event):
        with unit_of_work(factory) as session:
            if first_time(session, INBOX, consumer="inbox", event_id=event.id):
                effects.append(event.id)

    consume("inbox", handler)
    events = [an_event() for _ in range(450)]
    with unit_of_work(factory) as session:
        record_events(session, OUTBOX, events)
    relay = OutboxRelay(engine, OUTBOX, publisher, service="test")
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,), daemon=True)
    thread.start()
    until(lambda: pending(engine) == 0)
    publisher.publish_and_wait([as_message(event) for event in events[:50]])  # a relay that died before its delete
    marker = an_event()
    publisher.publish_and_wait([as_message(marker)])
    until(lambda: marker.id in effects)
    stop.set()
    thread.join(5)
    assert effects == [event.id for event in events] + [marker.id]


def test_a_rolled_back_change_leaves_no_event(engine):
    factory = make_session_factory(engine)
    before = pending(engine)
    with pytest.raises(RuntimeError), unit_of_work(factory) as session:
        record_events(session, OUTBOX, [an_event()])
        raise RuntimeError("the change failed")
    assert pending(engine) == before


def test_without_a_broker_the_rows_stay(engine):
    factory = make_session_factory(engine)
    with unit_of_work(factory) as session:
        record_events(session, OUTBOX, [an_event()])
    before = pending(engine)
    away = Publisher("amqp://guest:guest@127.0.0.1:1/%2F", name="away").start()
    with pytest.raises(BrokerUnavailable):
        OutboxRelay(engine, OUTBOX, away, service="test").relay_batch()
    away.close()
    assert pending(engine) == before

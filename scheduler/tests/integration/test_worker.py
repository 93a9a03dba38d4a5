import json
import threading
from datetime import timedelta

import pika
import pytest
from munbot_common.messaging import EXCHANGE, Publisher
from munbot_common.outbox import OutboxRelay
from munbot_scheduler.base import OUTBOX
from munbot_scheduler.settings import WorkerSettings
from munbot_scheduler.worker import tidy
from sqlalchemy import create_engine


def test_the_relay_hands_events_over_and_empties_the_outbox(api, booked, rabbitmq_url, postgres_database):
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq_url))
    channel = connection.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, EXCHANGE, "appointment.#")
    made = booked()
    api.post(f"/v1/appointments/{made['id']}/cancel")
    engine = create_engine(postgres_database)
    publisher = Publisher(rabbitmq_url, name="test").start()
    stop = threading.Event()
    try:
        assert publisher.wait_ready(10)
        relay = OutboxRelay(engine, OUTBOX, publisher, service="scheduler")
        thread = threading.Thread(target=relay.run, args=(stop,))
        thread.start()
        keys = []
        for method, _, body in channel.consume(queue, inactivity_timeout=10, auto_ack=True):
            assert method is not None, "no event within 10 s"
            keys.append(method.routing_key)
            assert json.loads(body)["data"]["code"] == made["code"]
            if len(keys) == 2:
                break
        assert keys == ["appointment.booked.v1", "appointment.cancelled.v1"]
    finally:
        stop.set()
        thread.join(10)
        publisher.close()
        engine.dispose()
        connection.close()
    assert api.rows("SELECT count(*) AS n FROM outbox")[0]["n"] == 0


@pytest.mark.parametrize(("days", "left"), [(1, 1), (6, 0)])
def test_tidying_forgets_old_seats_and_keys_but_no_appointment(api, booked, days, left):
    booked()
    moment = api.clock.now + timedelta(days=days)
    settings = WorkerSettings(database_url="postgresql://x", rabbitmq_url="amqp://x")
    tidy(api.client.app.state.session_factory, settings, lambda: moment)
    assert api.rows("SELECT count(*) AS n FROM seats")[0]["n"] == left
    assert api.rows("SELECT count(*) AS n FROM appointments")[0]["n"] == 1

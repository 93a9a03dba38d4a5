"""How many events a second the outbox relay hands from PostgreSQL to RabbitMQ, confirmed, and that none is lost.

    python tests/load/bench_outbox.py --postgres-url … --rabbitmq-url … --events 20000 --json result.json

It works in a database of its own (created and dropped on the given server) and with a queue of its own bound to a
routing key that nobody else listens to, so it may run beside the platform. First the outbox is filled and drained;
then writers commit one event per transaction while the relay runs, and the time from commit to confirm is taken.
"""

import argparse
import json
import os
import secrets
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pika
from bench_booking import machine, percentile
from munbot_common.database import metadata
from munbot_common.messaging import EXCHANGE, Publisher
from munbot_common.outbox import OutboxRelay, make_event, outbox_table, record_events
from munbot_contracts.appointments import APPOINTMENT_BOOKED, AppointmentFact
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

TYPE = "munbot.bench.tick.v1"
KEY = "bench.tick.v1"


def connect(server_url: str, name: str):
    server = urlsplit(server_url.replace("postgresql://", "postgresql+psycopg2://", 1))
    admin = create_engine(urlunsplit(server), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    return admin, create_engine(urlunsplit(server._replace(path=f"/{name}")), pool_size=8)


def example_event():
    """An event of real size: an appointment with everything filled in."""
    data = AppointmentFact.model_validate(AppointmentFact.model_config["json_schema_extra"]["examples"][0])
    return make_event(source="bench", event_type=TYPE, subject=APPOINTMENT_BOOKED, tenant="bench", data=data)


def fill(engine, outbox, count: int) -> None:
    for start in range(0, count, 1000):
        with Session(engine) as session, session.begin():
            record_events(session, outbox, [example_event() for _ in range(min(1000, count - start))])


def drain(engine, outbox, relay: OutboxRelay, timeout: float = 300) -> float:
    """Run the relay until the outbox is empty; returns seconds."""
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    started = time.perf_counter()
    thread.start()
    while time.perf_counter() - started < timeout:
        with engine.connect() as connection:
            if connection.scalar(select(func.count()).select_from(outbox)) == 0:
                break
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    stop.set()
    relay.wake()
    thread.join(30)
    return seconds


def latencies(engine, outbox, relay: OutboxRelay, channel, queue: str, count: int) -> list[float]:
    """One event at a time while the relay runs idle: milliseconds from commit to delivery, sorted."""
    stop = threading.Event()
    thread = threading.Thread(target=relay.run, args=(stop,))
    thread.start()
    found = []
    for _ in range(count):
        with Session(engine) as session, session.begin():
            record_events(session, outbox, [example_event()])
        committed = time.perf_counter()
        for method, _properties, _body in channel.consume(queue, inactivity_timeout=10, auto_ack=True):
            if method is None:
                raise SystemExit("an event did not arrive within 10 s")
            break
        found.append((time.perf_counter() - committed) * 1000)
    channel.cancel()
    stop.set()
    thread.join(30)
    return sorted(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres-url", default=os.environ.get("MUNBOT_TEST_POSTGRES_URL"))
    parser.add_argument("--rabbitmq-url", default=os.environ.get("MUNBOT_TEST_RABBITMQ_URL"))
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not options.postgres_url or not options.rabbitmq_url:
        parser.error("--postgres-url and --rabbitmq-url are needed")

    before = machine()
    name = f"bench_outbox_{secrets.token_hex(4)}"
    admin, engine = connect(options.postgres_url, name)
    tables = metadata()
    outbox = outbox_table(tables)
    tables.create_all(engine)
    broker = pika.BlockingConnection(pika.URLParameters(options.rabbitmq_url))
    channel = broker.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    queue = channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"}).method.queue
    channel.queue_bind(queue, EXCHANGE, KEY)
    publisher = Publisher(options.rabbitmq_url, name="bench").start()
    try:
        if not publisher.wait_ready(15):
            raise SystemExit("no connection to RabbitMQ")
        relay = OutboxRelay(engine, outbox, publisher, service="bench")
        fill(engine, outbox, options.events)
        seconds = drain(engine, outbox, relay)
        broker.process_data_events(0.5)
        delivered = channel.queue_declare(queue, passive=True).method.message_count
        channel.queue_purge(queue)
        waits = latencies(engine, outbox, relay, channel, queue, 100)
    finally:
        publisher.close()
        channel.queue_delete(name)
        broker.close()
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()

    result = {
        "bench": "outbox",
        "at": datetime.now(UTC).isoformat(),
        "events": options.events,
        "delivered": delivered,
        "exact": delivered == options.events,
        "seconds": round(seconds, 2),
        "events_per_second": round(options.events / seconds, 1),
        "commit_to_delivery_p50_ms": percentile(waits, 0.50),
        "commit_to_delivery_p95_ms": percentile(waits, 0.95),
        "machine": before,
    }
    print(
        f"{options.events} events relayed in {result['seconds']} s: {result['events_per_second']}/s, "
        f"{delivered} in the queue; from one commit to its delivery: "
        f"p50 {result['commit_to_delivery_p50_ms']} ms, p95 {result['commit_to_delivery_p95_ms']} ms"
    )
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0 if result["exact"] else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""How many events a second the relay hands from complaints in MongoDB to RabbitMQ, confirmed, and that none is lost.

    python tests/load/bench_complaint_relay.py --mongo-url … --rabbitmq-url … --complaints 500 --json result.json

It works in a database of its own (dropped at the end) and sends the events under a routing key that nobody else listens
to, so it may run beside the platform. Complaints are registered by the service itself, then their events are relayed
until none is left, and the time is told apart: finding the events, publishing them until the broker confirms, and
marking them as gone in their complaints. `--drop place` leaves an index out, to see what it costs.
"""

import argparse
import os
import secrets
import threading
import time
from collections import Counter
from itertools import cycle
from zoneinfo import ZoneInfo

import pika
import support
from munbot_common.auth import Principal, Role
from munbot_common.clock import utc_now
from munbot_common.messaging import EXCHANGE, Publisher
from munbot_complaints import mongo
from munbot_complaints.attachments.storage import ObjectStore
from munbot_complaints.categories.schemas import CategoryBody
from munbot_complaints.complaints.schemas import CitizenBody, ComplaintBody, PlaceBody
from munbot_complaints.deadlines.rules import BusinessCalendar
from munbot_complaints.dependencies import build_services
from munbot_complaints.indexes import ensure_indexes
from munbot_complaints.relay import ComplaintRelay, Lease
from munbot_complaints.settings import StoreSettings
from munbot_complaints.waiting import WaitingEvents

TENANT = "bench"
KEY = "bench.complaint.v1"
EVENTS_EACH = 2  # what happened, and the note for the audit log
TEXTS = (
    "Hace dos semanas que no pasa el camión de la basura por el pasaje y los perros rompen las bolsas",
    "El semáforo de la esquina está apagado desde el lunes y los autos no se detienen",
    "Hay un hoyo enorme en la vereda frente al consultorio, ayer se cayó una vecina",
    "Las luminarias de la plaza llevan un mes apagadas y de noche da miedo cruzar",
)


class Timed(WaitingEvents):
    """The complaints' events, which note how long the relay's two questions take, and have a key of our own."""

    def __init__(self, database: mongo.MongoDatabase) -> None:
        super().__init__(database["complaints"])
        self.seconds: Counter[str] = Counter()

    def some(self, limit):
        started = time.perf_counter()
        found = list(super().some(limit))
        self.seconds["finding"] += time.perf_counter() - started
        for complaint_id, events in found:
            yield complaint_id, [event | {"key": KEY} for event in events]

    def remove(self, document_ids, event_ids):
        started = time.perf_counter()
        super().remove(document_ids, event_ids)
        self.seconds["marking"] += time.perf_counter() - started


def register(database, settings, count: int) -> float:
    """Register complaints through the service, one after another; returns seconds."""
    services = build_services(database, ObjectStore(settings), utc_now)
    principal = Principal(subject="bench", role=Role.SERVICE, tenant=TENANT)
    services.calendars.save(principal, BusinessCalendar(ZoneInfo("America/Santiago"), None))
    services.categories.save(principal, "aseo", CategoryBody(name="Aseo", unit="Aseo", deadline_days=5))
    started = time.perf_counter()
    for number, text in zip(range(count), cycle(TEXTS)):
        place = PlaceBody(address=f"Los Aromos {number}", latitude=-33.4 - number / 1e5, longitude=-70.57)
        citizen = CitizenBody(rut="15.482.903-2", name="Marcela Soto Fuentes", phone="9 8765 4321")
        body = ComplaintBody(category="aseo", description=text, place=place, citizen=citizen, channel="web")
        services.intake.create(principal, body, None)
    return time.perf_counter() - started


def drain(relay: ComplaintRelay, timeout: float = 600) -> float:
    """Relay until nothing is left; returns seconds."""
    started = time.perf_counter()
    while relay.relay_batch():
        if time.perf_counter() - started > timeout:
            raise SystemExit(f"not done after {timeout} s")
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mongo-url", default=os.environ.get("MUNBOT_TEST_MONGO_URL"))
    parser.add_argument("--rabbitmq-url", default=os.environ.get("MUNBOT_TEST_RABBITMQ_URL"))
    parser.add_argument("--complaints", type=int, default=500)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--drop", action="append", default=[], metavar="INDEX")
    parser.add_argument("--json")
    options = parser.parse_args()
    if not options.mongo_url or not options.rabbitmq_url:
        parser.error("--mongo-url and --rabbitmq-url are needed")

    name = f"bench_relay_{secrets.token_hex(4)}"
    unused = {"s3_endpoint": "http://127.0.0.1:9", "s3_access_key": "unused", "s3_secret_key": "unused"}
    settings = StoreSettings.model_validate({"mongo_url": options.mongo_url, "mongo_database": name, **unused})
    broker = pika.BlockingConnection(pika.URLParameters(options.rabbitmq_url))
    channel = broker.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True)
    queue = channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"}).method.queue
    channel.queue_bind(queue, EXCHANGE, KEY)
    publisher = Publisher(options.rabbitmq_url, name="bench").start()
    with mongo.connect(settings) as client:
        try:
            if not publisher.wait_ready(15):
                raise SystemExit("no connection to RabbitMQ")
            database = mongo.open_database(client, settings)
            ensure_indexes(database)
            for index in options.drop:
                database["complaints"].drop_index(index)
            registering = register(database, settings, options.complaints)
            source = Timed(database)
            lease = Lease(database, "relay", seconds=30)
            seconds = drain(ComplaintRelay([source], publisher, lease, batch_size=options.batch))
            threading.Event().wait(0.5)  # the broker counts late
            delivered = channel.queue_declare(queue, passive=True).method.message_count
        finally:
            publisher.close()
            channel.queue_delete(queue)
            broker.close()
            client.drop_database(name)

    told = {part: round(spent, 2) for part, spent in sorted(source.seconds.items())}
    result = {
        "bench": "complaint_relay",
        "complaints": options.complaints,
        "batch": options.batch,
        "dropped_indexes": options.drop,
        "delivered": delivered,
        "exact": delivered == EVENTS_EACH * options.complaints,
        "registered_per_second": round(options.complaints / registering, 1),
        "seconds": round(seconds, 2),
        "events_per_second": round(delivered / seconds, 1),
        "spent_s": told | {"publishing": round(seconds - sum(told.values()), 2)},
    }
    print(
        f"{options.complaints} complaints registered at {result['registered_per_second']}/s; their events relayed in "
        f"{result['seconds']} s: {result['events_per_second']}/s, {delivered} in the queue; spent: {result['spent_s']}"
    )
    support.write(options.json, result)
    return 0 if result["exact"] else 1


if __name__ == "__main__":
    raise SystemExit(main())

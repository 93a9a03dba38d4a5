"""Notifications: how long from an event until the mail server has its mail, and how fast a queue of them is drained.

Publishes `complaint.created` events of a demo municipality to the broker, as complaints-api does, for citizens with
addresses of `.example`. First calmly, one after the other; then many at once. Times count from the publisher's confirm
to the mail server's answer, as the service notes it. The mails stay in the demo's mailbox.

    .venv/bin/python tests/load/bench_notifications.py --queued 10000 --json bench-results/notifications.json
"""

import argparse
import os
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from munbot_common.ids import uuid7
from munbot_common.messaging import OutgoingMessage, Publisher
from munbot_contracts import EVENT_TYPES, Event, routing_key
from munbot_contracts.complaints import COMPLAINT_CREATED, ComplaintFact
from sqlalchemy import Engine, create_engine, text
from support import print_table, summary, write

TENANT = "valle-claro"
UNIT = "Medición"
BATCH = 500
WAIT_SECONDS = 1800.0
_DONE = """
SELECT event_id, finished_at FROM notifications
WHERE event_id = ANY(CAST(:ids AS uuid[])) AND audience = 'citizen' AND state = 'sent'
"""


def event(number: int) -> OutgoingMessage:
    """Return a new complaint's event."""
    schema: Any = EVENT_TYPES[COMPLAINT_CREATED].model_config["json_schema_extra"]
    event_id = uuid7()
    citizen = {"rut": "15482903-2", "name": "Medición", "phone": None, "email": f"vecina{number}@correo.example"}
    data = ComplaintFact.model_validate(
        {
            **schema["examples"][0],
            "complaint_id": str(uuid7()),
            "unit": UNIT,
            "citizen": citizen,
            "conversation_id": None,
        }
    )
    body = Event[ComplaintFact](
        id=event_id,
        source="/munbot/bench",
        type=COMPLAINT_CREATED,
        subject=str(data.complaint_id),
        time=datetime.now(UTC),
        tenant=TENANT,
        correlationid=str(event_id),
        data=data,
    )
    return OutgoingMessage(routing_key(COMPLAINT_CREATED), body.model_dump_json().encode(), str(event_id))


def wait(engine: Engine, ids: list[str]) -> dict[str, datetime]:
    """Return when each event's mail was handed over."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        with engine.connect() as connection:
            done = {str(row.event_id): row.finished_at for row in connection.execute(text(_DONE), {"ids": ids})}
        if len(done) == len(ids):
            return done
        time.sleep(0.25 if len(ids) < BATCH else 2.0)
    msg = f"{len(ids) - len(done)} of {len(ids)} mails were not handed over"
    raise SystemExit(msg)


def calm(publisher: Publisher, engine: Engine, events: int) -> list[float]:
    """Return milliseconds from confirm to hand-over, of events that come one after the other."""
    found = []
    for number in range(events):
        message = event(number)
        publisher.publish_and_wait([message])
        published = datetime.now(UTC)
        done = wait(engine, [message.message_id])
        found.append((done[message.message_id] - published).total_seconds() * 1000)
    return found


def drain(publisher: Publisher, engine: Engine, queued: int) -> dict[str, float]:
    """Return how long many events take that come at once."""
    messages = [event(number) for number in range(queued)]
    started = datetime.now(UTC)
    for begin in range(0, queued, BATCH):
        publisher.publish_and_wait(messages[begin : begin + BATCH])
    published = (datetime.now(UTC) - started).total_seconds()
    done = wait(engine, [message.message_id for message in messages])
    took = (max(done.values()) - started).total_seconds()
    rate = round(queued / took, 1)
    return {"events": queued, "published_s": round(published, 2), "seconds": round(took, 2), "per_s": rate}


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=30)
    parser.add_argument("--queued", type=int, default=10_000)
    parser.add_argument("--json", default="bench-results/notifications.json")
    options = parser.parse_args()
    server = urlsplit(os.environ["MUNBOT_TEST_POSTGRES_URL"])
    engine = create_engine(urlunsplit(server._replace(path="/notifications")))
    publisher = Publisher(os.environ["MUNBOT_TEST_RABBITMQ_URL"], name="bench").start()
    try:
        if not publisher.wait_ready(10):
            msg = "the broker does not answer"
            raise SystemExit(msg)
        milliseconds = calm(publisher, engine, options.events)
        drained = drain(publisher, engine, options.queued)
    finally:
        publisher.close()
    timing = summary(milliseconds)
    print_table("Event to mail handed over", [{"what": "calm", **timing}])
    print_table("A queue drained", [drained])
    write(options.json, {"event_to_mail": timing, "drain": drained})


if __name__ == "__main__":
    main()

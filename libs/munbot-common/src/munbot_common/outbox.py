"""Transactional outbox and inbox in PostgreSQL.

A producer writes its events into the outbox in the transaction of the change; a relay publishes them, and deletes each
batch once the broker has confirmed it. A relay that dies in between publishes again, with the same event ids; the
consumer's inbox, written in the transaction of its effect, drops what it has seen.
"""

import json
import threading
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from munbot_contracts import Contract, Event, routing_key
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Identity,
    MetaData,
    String,
    Table,
    Uuid,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.orm import Session

from munbot_common.clock import Clock, utc_now
from munbot_common.ids import uuid7
from munbot_common.logs import correlation_id, get_logger
from munbot_common.messaging import BrokerUnavailable, OutgoingMessage, Publisher
from munbot_common.metrics import OUTBOX_RELAYED

log = get_logger("outbox")

RELAY_LOCK = "munbot.outbox.relay"


def outbox_table(metadata: MetaData) -> Table:
    """Add the table `outbox` to a service's metadata and return it."""
    return Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False, unique=True),
        Column("routing_key", String(120), nullable=False),
        Column("body", JSONB, nullable=False),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now()),
    )


def inbox_table(metadata: MetaData) -> Table:
    """Add the table `inbox` to a service's metadata and return it."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(80), primary_key=True),
        Column("event_id", Uuid, primary_key=True),
        Column("received_at", TIMESTAMP(timezone=True), nullable=False, server_default=func.now(), index=True),
    )


def make_event(
    *, source: str, event_type: str, subject: str, tenant: str, data: Contract, clock: Clock = utc_now
) -> Event[Any]:
    """Return a new event with its id, the time and the correlation id of what is being handled.

    Args:
        source: name of the service, such as `scheduler`.
        event_type: one of `munbot_contracts.EVENT_TYPES`.
        subject: id of the thing that the event is about.
        tenant: whose it is.
        data: the event's model.
        clock: for tests.
    """
    event_id = uuid7()
    return Event(
        id=event_id,
        source=f"/munbot/{source}",
        type=event_type,
        subject=subject,
        time=clock(),
        tenant=tenant,
        correlationid=correlation_id.get() or str(event_id),
        data=data,
    )


def record_events(session: Session, outbox: Table, events: Sequence[Event[Any]]) -> None:
    """Write events into the outbox, in the caller's transaction and in this order."""
    if not events:
        return
    session.execute(
        insert(outbox),
        [
            {"event_id": event.id, "routing_key": routing_key(event.type), "body": event.model_dump(mode="json")}
            for event in events
        ],
    )


def first_time(session: Session, inbox: Table, *, consumer: str, event_id: UUID) -> bool:
    """Note an event as received by `consumer`, in the caller's transaction; False when it was before."""
    statement = pg_insert(inbox).values(consumer=consumer, event_id=event_id).on_conflict_do_nothing()
    return bool(session.execute(statement.returning(inbox.c.event_id)).first())


def first_times(session: Session, inbox: Table, *, consumer: str, event_ids: Collection[UUID]) -> set[UUID]:
    """Note events as received by `consumer`, in the caller's transaction; return those that never were before."""
    if not event_ids:
        return set()
    ids = cast(sorted(set(event_ids)), ARRAY(Uuid))  # in one order, so that two consumers never wait for each other
    given = select(literal(consumer), func.unnest(ids))
    statement = pg_insert(inbox).from_select(["consumer", "event_id"], given).on_conflict_do_nothing()
    return set(session.scalars(statement.returning(inbox.c.event_id)))


def purge_inbox(session: Session, inbox: Table, *, older_than: timedelta, now: Clock = utc_now) -> int:
    """Forget events received longer ago than any redelivery can take; returns how many."""
    result = session.execute(delete(inbox).where(inbox.c.received_at < now() - older_than).returning(inbox.c.event_id))
    return len(result.all())


class OutboxRelay:
    """Publishes a service's outbox in order. One relay is active per database; others wait their turn.

    The batch stays locked by its own transaction while it is published, so there is no lease to run out: a relay that
    dies lets go at once.

    Args:
        engine: the service's database.
        outbox: its table.
        publisher: a started publisher.
        service: name for the metrics.
        batch_size: rows per round trip (measured: 200 rows a batch relay about 60 times faster than single ones).
        idle_seconds: longest rest between looks when nobody wakes the relay.
    """

    def __init__(
        self,
        engine: Engine,
        outbox: Table,
        publisher: Publisher,
        *,
        service: str,
        batch_size: int = 200,
        idle_seconds: float = 0.1,
    ) -> None:
        self._engine = engine
        self._outbox = outbox
        self._publisher = publisher
        self._service = service
        self._batch_size = batch_size
        self._idle_seconds = idle_seconds
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at the outbox now: call it right after a commit."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Relay until `stop` is set; database and broker may come and go."""
        pause = self._idle_seconds
        while not stop.is_set():
            self._wake.wait(pause)
            self._wake.clear()
            try:
                while not stop.is_set() and self.relay_batch() == self._batch_size:
                    pass
                pause = self._idle_seconds
            except BrokerUnavailable:
                pause = min(pause * 2, 2.0)
            except Exception:
                log.exception("outbox_relay_failed")
                pause = min(pause * 2, 5.0)

    def relay_batch(self) -> int:
        """Publish and delete the oldest rows; returns how many.

        Raises:
            BrokerUnavailable: not confirmed; the rows stay.
        """
        table = self._outbox
        with self._engine.begin() as connection:
            got_lock = connection.scalar(
                text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": RELAY_LOCK}
            )
            if not got_lock:
                return 0
            rows = connection.execute(
                select(table.c.seq, table.c.event_id, table.c.routing_key, table.c.body)
                .order_by(table.c.seq)
                .limit(self._batch_size)
            ).all()
            if not rows:
                return 0
            messages = [
                OutgoingMessage(
                    key=row.routing_key,
                    body=json.dumps(row.body, ensure_ascii=False, separators=(",", ":")).encode(),
                    message_id=str(row.event_id),
                )
                for row in rows
            ]
            self._publisher.publish_and_wait(messages)
            connection.execute(delete(table).where(table.c.seq.in_([row.seq for row in rows])))
        OUTBOX_RELAYED.labels(self._service).inc(len(rows))
        return len(rows)

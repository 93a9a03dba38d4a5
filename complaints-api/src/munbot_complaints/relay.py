"""Hands the events that wait inside complaints and settings to the broker.

An event is written with the change it tells of, in the same document. The relay reads those of many documents at
once, publishes them, waits for the broker's confirms and only then takes them out. Dying in between publishes them
again under the same ids: at least once, and consumers drop what they have seen.

One relay works at a time: it holds a lease that it renews with every batch, so that the events of a document keep
their order.
"""

import json
import secrets
import threading
from collections.abc import Sequence
from datetime import timedelta

from munbot_common.clock import Clock, utc_now
from munbot_common.logs import get_logger
from munbot_common.messaging import BrokerUnavailable, OutgoingMessage, Publisher
from munbot_common.metrics import OUTBOX_RELAYED
from pymongo.errors import DuplicateKeyError, PyMongoError

from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.mongo import MongoDatabase
from munbot_complaints.waiting import WaitingEvents

log = get_logger("complaints.relay")


class Lease:
    """A claim on being the only one, kept in MongoDB until it runs out."""

    def __init__(self, database: MongoDatabase, name: str, *, seconds: float, clock: Clock = utc_now) -> None:
        self._collection = database["leases"]
        self._name = name
        self._seconds = seconds
        self._clock = clock
        self._token = secrets.token_hex(8)

    def hold(self) -> bool:
        """Take or renew the lease; False while another holds it."""
        now = self._clock()
        values = {"token": self._token, "until": now + timedelta(seconds=self._seconds)}
        free = {"_id": self._name, "$or": [{"token": self._token}, {"until": {"$lte": now}}]}
        if self._collection.update_one(free, {"$set": values}).matched_count:
            return True
        try:
            self._collection.insert_one({"_id": self._name, **values})
        except DuplicateKeyError:
            return False
        return True

    def release(self) -> None:
        """Let the next one in at once."""
        self._collection.delete_one({"_id": self._name, "token": self._token})


class ComplaintRelay:
    """Publishes pending events in batches.

    Args:
        sources: where the events are.
        publisher: a started publisher.
        lease: makes it the only one.
        batch_size: documents of each source per round.
        idle_seconds: rest when there was nothing to do.
    """

    def __init__(
        self,
        sources: Sequence[WaitingEvents],
        publisher: Publisher,
        lease: Lease,
        *,
        batch_size: int = 100,
        idle_seconds: float = 0.2,
    ) -> None:
        self._sources = sources
        self._publisher = publisher
        self._lease = lease
        self._batch_size = batch_size
        self._idle_seconds = idle_seconds

    def run(self, stop: threading.Event) -> None:
        """Relay until `stop` is set; store and broker may come and go."""
        pause = self._idle_seconds
        while not stop.is_set():
            try:
                busy = self.relay_batch() > 0
                pause = 0.0 if busy else self._idle_seconds
            except BrokerUnavailable:
                pause = min(max(pause, self._idle_seconds) * 2, 2.0)
            except PyMongoError as error:
                log.warning("store_away", kind=type(error).__name__)
                pause = min(max(pause, self._idle_seconds) * 2, 5.0)
            stop.wait(pause)
        self._lease.release()

    def relay_batch(self) -> int:
        """Publish and remove one batch of each source; returns how many events.

        Raises:
            BrokerUnavailable: not confirmed; the events stay.
        """
        if not self._lease.hold():
            return 0
        found = [(source, list(source.some(self._batch_size))) for source in self._sources]
        messages = [_message(event) for _, documents in found for _, pending in documents for event in pending]
        self._publisher.publish_and_wait(messages)
        ids = [message.message_id for message in messages]
        for source, documents in found:
            if documents:
                source.remove([document_id for document_id, _ in documents], ids)
        OUTBOX_RELAYED.labels("complaints-api").inc(len(messages))
        return len(messages)


def _message(event: PendingEvent) -> OutgoingMessage:
    body = json.dumps(event["body"], ensure_ascii=False, separators=(",", ":")).encode()
    return OutgoingMessage(key=event["key"], body=body, message_id=event["id"])

"""Events that wait in the document whose change they tell of, until the relay has handed them to the broker."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from munbot_common.audit import audit_event
from munbot_common.auth import Principal
from munbot_common.clock import Clock
from munbot_common.problems import Unavailable
from munbot_contracts.envelope import Event, routing_key
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from munbot_complaints.complaints.models import PendingEvent
from munbot_complaints.mongo import Document

SOURCE = "complaints-api"
RELAYED = ("complaints", "categories", "calendars", "maps")
"""The collections whose documents hold events."""

_TRIES = 20


def as_pending(event: Event[Any]) -> PendingEvent:
    """Return an event as a document holds it."""
    return PendingEvent(id=str(event.id), key=routing_key(event.type), body=event.model_dump(mode="json"))


def noted(
    principal: Principal,
    action: str,
    object_id: str,
    clock: Clock,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> PendingEvent:
    """Return what tells the hub's audit log of a change; see `audit_event` for what may be in it.

    Args:
        principal: who.
        action: `<kind of thing>.<what>`.
        object_id: which one.
        clock: when.
        before: what changed as it was.
        after: the same as it is now.
    """
    event = audit_event(
        principal,
        source=SOURCE,
        action=action,
        object_type=action.partition(".")[0],
        object_id=object_id,
        before=before,
        after=after,
        clock=clock,
    )
    return as_pending(event)


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """Return what changed, as it was and as it is; all of it, and None before, where there was nothing."""
    names = [name for name in after if before is None or before[name] != after[name]]
    then = None if before is None else {name: before[name] for name in names}
    return then, {name: after[name] for name in names}


class WaitingEvents:
    """The events that wait in a collection's documents."""

    def __init__(self, collection: Collection[Document]) -> None:
        self._collection = collection

    def some(self, limit: int) -> Iterator[tuple[str, list[PendingEvent]]]:
        """Return (document id, its events that were not confirmed yet) of up to `limit` documents."""
        stages: list[dict[str, Any]] = [
            {"$match": {"relay.pending": True}},
            {"$limit": limit},
            {"$project": {"pending_events": 1}},
        ]
        for raw in self._collection.aggregate(stages):
            yield raw["_id"], raw["pending_events"]

    def remove(self, document_ids: list[str], event_ids: list[str]) -> None:
        """Drop confirmed events; what was added meanwhile stays pending."""
        others = {"$filter": {"input": "$pending_events", "cond": {"$not": [{"$in": ["$$this.id", event_ids]}]}}}
        self._collection.update_many(
            {"_id": {"$in": document_ids}},
            [{"$set": {"pending_events": others}}, {"$set": {"relay.pending": {"$ne": ["$pending_events", []]}}}],
        )


def write_setting(
    collection: Collection[Document],
    key: str,
    values: Mapping[str, Any],
    note: Callable[[Document | None], PendingEvent],
) -> None:
    """Write a setting and the note of its change, in one write; a setting that stays as it is is left alone.

    Args:
        collection: where it is.
        key: its id.
        values: all of its fields.
        note: tells of the change, given the fields as they were; None for a new setting.

    Raises:
        Unavailable: others changed it again and again.
    """
    for _ in range(_TRIES):
        found = collection.find_one({"_id": key})
        before = None if found is None else {name: found.get(name) for name in values}
        if before == values:
            return
        event = note(before)
        if found is None:
            first = {"_id": key, **values, "version": 1, "pending_events": [event], "relay": {"pending": True}}
            try:
                collection.insert_one(first)
            except DuplicateKeyError:
                continue  # somebody was faster, so that there is something to change now
            return
        update = {
            "$set": {**values, "relay.pending": True},
            "$push": {"pending_events": event},
            "$inc": {"version": 1},
        }
        if collection.update_one({"_id": key, "version": found.get("version")}, update).matched_count:
            return
    raise Unavailable

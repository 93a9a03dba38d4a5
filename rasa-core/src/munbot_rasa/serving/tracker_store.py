"""The tracker store: Rasa's SQL store with fewer and cheaper statements, and failing loudly."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY
from sqlalchemy import func

_rasa_resolve_by_type = Event.resolve_by_type
_STORED = "_munbot_stored_events"
_AT_ONCE = 500


class BatchingTrackerStore(SQLTrackerStore):
    """Keep trackers in PostgreSQL.

    A turn reads its events with one SELECT and writes the new ones with one INSERT, in one transaction at the very end
    of the turn. Whatever kills the process before, the tracker is as it was before the message. Rasa's own store reads
    whole ORM rows, and counts the stored events again before it writes.
    """

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        with self.session_scope() as session:
            query = self._event_query(session, sender_id, fetch_events_from_all_sessions)
            events = [json.loads(data) for (data,) in query.with_entities(self.SQLEvent.data)]
        if not events or not self.domain:
            return None
        tracker = DialogueStateTracker.from_dict(sender_id, events, self.domain.slots)
        if not fetch_events_from_all_sessions:
            # Conversations are locked for the length of a turn: nobody else adds events until `save`.
            setattr(tracker, _STORED, len(events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet, and let the tracker know."""
        with self.session_scope() as session:
            stored = getattr(tracker, _STORED, None)
            if stored is None:
                stored = self._event_query(session, tracker.sender_id, fetch_events_from_all_sessions=False).count()
            rows = [self._row(tracker.sender_id, event) for event in itertools.islice(tracker.events, stored, None)]
            if rows:
                session.execute(self.SQLEvent.__table__.insert(), rows)
            session.commit()
        setattr(tracker, _STORED, stored + len(rows))

    def kept(self, conversation_ids: Sequence[str]) -> int:
        """Count the events of conversations, whatever their sessions; `sender_id` is `<conversation>.<session>`."""
        with self.session_scope() as session:
            return sum(self._of(session, one).count() for one in conversation_ids)

    def forget(self, conversation_ids: Sequence[str]) -> int:
        """Delete the trackers of conversations for good; returns how many events they had."""
        with self.session_scope() as session:
            gone = sum(self._of(session, one).delete(synchronize_session=False) for one in conversation_ids)
            session.commit()
        return gone

    def forget_before(self, moment: float) -> int:
        """Delete the trackers in which nothing has happened since a moment (seconds since 1970)."""
        with self.session_scope() as session:
            event = self.SQLEvent
            quiet = session.query(event.sender_id).group_by(event.sender_id).having(func.max(event.timestamp) < moment)
            names = [name for (name,) in quiet.limit(_AT_ONCE)]
            gone = session.query(event).filter(event.sender_id.in_(names)).delete(synchronize_session=False)
            session.commit()
        return gone

    def _of(self, session: Any, conversation_id: str) -> Any:
        return session.query(self.SQLEvent).filter(self.SQLEvent.sender_id.startswith(f"{conversation_id}."))

    @staticmethod
    def _row(sender_id: str, event: Any) -> dict[str, Any]:
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get(INTENT_NAME_KEY),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }


@cache
def event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """Find the class of an event by its name, once; Rasa walks through all subclasses for every event it reads.

    Raises:
        ValueError: when there is no such event and no default.
    """
    return _rasa_resolve_by_type(type_name, default)


def install() -> None:
    """Use the cheaper search for event classes, and take Rasa's `FailSafeTrackerStore` away.

    The latter answers a failing database with an empty tracker and saves to memory: the citizen would lose the form now
    and the rest at the next restart. Here the turn fails, and the caller asks again.
    """
    Event.resolve_by_type = staticmethod(event_class)

    def use_as_it_is(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("endpoints.yml names no tracker store")
        store.domain = domain
        return store

    Agent._create_tracker_store = staticmethod(use_as_it_is)

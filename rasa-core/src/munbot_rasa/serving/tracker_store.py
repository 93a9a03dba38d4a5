"""The tracker store: Rasa's SQL store, saving in one statement and one transaction, and failing loudly."""

from __future__ import annotations

import itertools
import json
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_NAME_KEY


class BatchingTrackerStore(SQLTrackerStore):
    """Keep trackers in PostgreSQL.

    A turn reads its events once, and once more counts and writes: all new events go in one INSERT of one transaction,
    at the very end of the turn. Whatever kills the process before, the tracker is as it was before the message.
    """

    def __init__(self, domain: Domain | None = None, **kwargs: Any) -> None:
        # Rasa gives the address of a custom store as `host` only when it is called `url` in endpoints.yml.
        super().__init__(domain=domain, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append the events that are not stored yet."""
        with self.session_scope() as session:
            stored = self._event_query(session, tracker.sender_id, fetch_events_from_all_sessions=False).count()
            rows = [self._row(tracker.sender_id, event) for event in itertools.islice(tracker.events, stored, None)]
            if rows:
                session.execute(self.SQLEvent.__table__.insert(), rows)
            session.commit()

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


def install() -> None:
    """Take Rasa's `FailSafeTrackerStore` away.

    It answers a failing database with an empty tracker and saves to memory: the citizen would lose the form and the
    restart the rest. Here the turn fails, and the caller asks again.
    """

    def use_as_it_is(store: TrackerStore | None, domain: Domain) -> TrackerStore:
        if store is None:
            raise ValueError("endpoints.yml names no tracker store")
        store.domain = domain
        return store

    Agent._create_tracker_store = staticmethod(use_as_it_is)

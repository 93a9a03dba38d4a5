"""The archiver's queue: it hears everything, and keeps each event once."""

from collections.abc import Sequence
from typing import Any

from munbot_common.database import SessionFactory, unit_of_work
from munbot_common.logs import get_logger
from munbot_common.messaging import Subscription
from munbot_contracts import EVENT_TYPES
from munbot_contracts.envelope import AnyEvent

from munbot_datalake.archive import repository
from munbot_datalake.archive.metrics import EVENTS
from munbot_datalake.archive.pseudonyms import Pseudonyms
from munbot_datalake.archive.rows import row_of

log = get_logger("datalake.intake")

SUBSCRIPTION = Subscription("data-lake.archive", ("#",))


class Intake:
    """Takes events of known types into the database; those of unknown types are counted and left out.

    Args:
        factory: of sessions.
        pseudonyms: for what is linkable.
    """

    def __init__(self, factory: SessionFactory, pseudonyms: Pseudonyms) -> None:
        self._factory = factory
        self._pseudonyms = pseudonyms
        self._unknown: set[str] = set()

    def __call__(self, events: Sequence[AnyEvent]) -> None:
        """Keep some events.

        Raises:
            pydantic.ValidationError: one of them is not what its type promises; none was kept.
        """
        values: dict[Any, dict[str, Any]] = {}
        for event in events:
            if event.type not in EVENT_TYPES:
                self._note_unknown(event.type)
                continue
            values.setdefault(
                event.id,
                {
                    "event_id": event.id,
                    "tenant_id": event.tenant,
                    "type": event.type,
                    "time": event.time,
                    "row": row_of(event, self._pseudonyms),
                },
            )
        with unit_of_work(self._factory) as session:
            kept = repository.stage(session, list(values.values()))
        EVENTS.labels("kept").inc(kept)
        EVENTS.labels("known").inc(len(events) - kept)

    def _note_unknown(self, event_type: str) -> None:
        EVENTS.labels("unknown_type").inc()
        if event_type not in self._unknown and len(self._unknown) < 1_000:
            self._unknown.add(event_type)
            log.warning("event_type_unknown", type=event_type)

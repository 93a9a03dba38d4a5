"""The events of a complaint, as they are stored in it and later relayed."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from munbot_common.clock import Clock
from munbot_common.outbox import make_event
from munbot_contracts.complaints import COMPLAINT_EVENTS, Complainant

from munbot_complaints.complaints.clock import local
from munbot_complaints.complaints.models import ComplaintDocument, PendingEvent
from munbot_complaints.deadlines.rules import ClockState
from munbot_complaints.waiting import SOURCE, as_pending


def pending(
    event_type: str, document: ComplaintDocument, clock: Clock, details: Mapping[str, Any] | None = None
) -> PendingEvent:
    """Return an event about a complaint as it stands after the fact.

    Args:
        event_type: one of `munbot_contracts.complaints`.
        document: the complaint with the change already in it.
        clock: gives the event's time.
        details: the fields that this type has beyond a `ComplaintFact`.
    """
    citizen = document["citizen"]
    stopped = document["clock"]["state"] == ClockState.STOPPED
    data = COMPLAINT_EVENTS[event_type].model_validate(
        {
            "complaint_id": UUID(document["_id"]),
            "folio": document["folio"],
            "category": document["category"],
            "category_name": document["category_name"],
            "unit": document["unit"],
            "status": document["status"],
            "created_at": local(document, document["created_at"]),
            "due_date": None if stopped else date.fromisoformat(document["clock"]["due_date"]),
            "citizen": Complainant(
                rut=citizen["rut"], name=citizen["name"], phone=citizen["phone"], email=citizen["email"]
            ),
            "channel": document["channel"],
            "conversation_id": document["conversation_id"],
            **(details or {}),
        }
    )
    event = make_event(
        source=SOURCE,
        event_type=event_type,
        subject=document["_id"],
        tenant=document["tenant_id"],
        data=data,
        clock=clock,
    )
    return as_pending(event)

"""Complaints as their readers see them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from munbot_common.auth import Principal, Role
from munbot_contracts.complaints import ComplaintStatus

from munbot_complaints import texts
from munbot_complaints.complaints.clock import is_overdue, local
from munbot_complaints.complaints.models import Actor, ComplaintDocument, Place
from munbot_complaints.complaints.rules import TRANSITIONS
from munbot_complaints.complaints.schemas import ComplaintOut, ComplaintSummary
from munbot_complaints.deadlines.rules import ClockState


def summary(document: ComplaintDocument, now: datetime) -> ComplaintSummary:
    """Return a row of a list."""
    return ComplaintSummary.model_validate(_summary_fields(document, now))


def full(
    document: ComplaintDocument, principal: Principal, now: datetime, followers: Sequence[ComplaintDocument] = ()
) -> ComplaintOut:
    """Return the whole complaint; a citizen sees neither internal comments nor who did what."""
    fields = _summary_fields(document, now)
    citizen = principal.role is Role.VISITOR
    fields["comments"] = [
        {
            "id": comment["id"],
            "at": local(document, comment["at"]),
            "author": comment["author"],
            "actor": _actor(comment["actor"], hidden=citizen),
            "text": comment["text"],
            "public": comment["public"],
        }
        for comment in document["comments"]
        if comment["public"] or not citizen
    ]
    fields["history"] = [
        {
            "at": local(document, entry["at"]),
            "actor": _actor(entry["actor"], hidden=citizen),
            "action": entry["action"],
            "before": entry["before"],
            "after": entry["after"],
            "reason": entry["reason"],
        }
        for entry in document["history"]
        if not citizen or entry["action"] in {"created", "status_changed"}
    ]
    fields["duplicates"] = [] if citizen else [row["folio"] for row in followers]
    if citizen:
        fields["assignee"] = fields["merged_into"] = None
        fields["allowed_statuses"] = []
    return ComplaintOut.model_validate(fields)


def _actor(actor: Actor, *, hidden: bool) -> dict[str, str]:
    return {"subject": "", "role": actor["role"]} if hidden else {"subject": actor["subject"], "role": actor["role"]}


def place_fields(place: Place | None) -> dict[str, Any] | None:
    """Return a place with latitude and longitude apart."""
    if place is None:
        return None
    point = place.get("location")
    longitude, latitude = point["coordinates"] if point else (None, None)
    return {"address": place["address"], "latitude": latitude, "longitude": longitude}


def _summary_fields(document: ComplaintDocument, now: datetime) -> dict[str, Any]:
    clock = document["clock"]
    citizen = document["citizen"]
    link = document.get("merged_into")
    return {
        "id": document["_id"],
        "folio": document["folio"],
        "version": document["version"],
        "status": document["status"],
        "status_label": texts.status_label(document["status"]),
        "status_since": local(document, document["status_since"]),
        "category": document["category"],
        "category_name": document["category_name"],
        "unit": document["unit"],
        "assignee": document["assignee"],
        "description": document["description"],
        "place": place_fields(document["place"]),
        "citizen": {name: citizen.get(name) for name in ("rut", "name", "phone", "email")},
        "channel": document["channel"],
        "conversation_id": document["conversation_id"],
        "created_at": local(document, document["created_at"]),
        "updated_at": local(document, document["updated_at"]),
        "due_date": None if clock["state"] == ClockState.STOPPED else date.fromisoformat(clock["due_date"]),
        "clock": clock["state"],
        "overdue": is_overdue(document, now),
        "attachments": [
            {name: link.get(name) for name in ("id", "filename", "content_type", "size")}
            for link in document["attachments"]
        ],
        "merged_into": link["folio"] if link else None,
        "allowed_statuses": sorted(TRANSITIONS[ComplaintStatus(document["status"])]),
    }

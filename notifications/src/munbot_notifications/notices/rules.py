"""Which event is told to whom, and with which data. Pure functions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from munbot_contracts import appointments as a
from munbot_contracts import complaints as c
from munbot_contracts import conversations as v
from munbot_contracts.envelope import AnyEvent

from munbot_notifications.sending.rules import Contact
from munbot_notifications.sending.service import About, ForCitizen, ForDigest, ForOfficials, Telling
from munbot_notifications.texts import day_text, moment_text, words

_OFFICE = frozenset({"agent", "admin", "service"})
_IMPORT = "import"
"""Channel of complaints that came out of another system's files."""
Told = tuple[About, list[Telling]]


def told_of(event: AnyEvent, public_url: str) -> Told | None:
    """Return what an event means to whom, None where nobody is told.

    Args:
        event: an appointment's, a complaint's or a conversation's.
        public_url: address of the platform, for links.
    """
    teller = _TELLERS.get(event.type)
    if teller is None or (event.type not in _TOLD_OF_IMPORTS and event.data.get("channel") == _IMPORT):
        return None
    return teller(event, public_url.rstrip("/"))


def _appointment(purpose: str, kind: str | None) -> Callable[[AnyEvent, str], Told]:
    def tell(event: AnyEvent, public_url: str) -> Told:
        fact = a.AppointmentFact.model_validate(event.data)
        data = _appointment_data(fact)
        if purpose == "appointment_rescheduled":
            moved = a.AppointmentRescheduled.model_validate(event.data)
            data["previous"] = moment_text(_local(moved.previous_start, fact.timezone))
        if purpose == "appointment_cancelled":
            data["home_url"] = _home(event, public_url)
        tellings: list[Telling] = [_citizen(purpose, fact, data)]
        if kind:
            tellings.append(ForDigest(kind, fact.office.name, {"text": f"{fact.procedure.name}, {data['when']}"}))
        return _about(event, fact.appointment_id, fact.conversation_id, expires_at=fact.start), tellings

    return tell


def _reminder(event: AnyEvent, _public_url: str) -> Told:
    fact = a.AppointmentReminderDue.model_validate(event.data)
    telling = _citizen("appointment_reminder", fact, _appointment_data(fact))
    return _about(event, fact.appointment_id, fact.conversation_id, expires_at=fact.start), [telling]


def _contact(person: a.CitizenRef | c.Complainant) -> Contact:
    """Return how a person is reached; an erased one (Ley 21.719) is nobody, to whom there is no way."""
    if not (person.rut or person.email or person.phone):
        return Contact("nobody")
    return Contact.of(rut=person.rut, email=person.email, phone=person.phone)


def _citizen(purpose: str, fact: a.AppointmentFact, data: dict[str, Any]) -> ForCitizen:
    return ForCitizen(purpose, _contact(fact.citizen), data)


def _appointment_data(fact: a.AppointmentFact) -> dict[str, Any]:
    return {
        "name": fact.citizen.name,
        "procedure": fact.procedure.name,
        "when": moment_text(_local(fact.start, fact.timezone)),
        "office": fact.office.name,
        "address": fact.office.address,
        "code": fact.code,
        "manage_url": fact.manage_url or "",
        "reason": fact.reason or "",
    }


def _complaint_created(event: AnyEvent, public_url: str) -> Told:
    fact = c.ComplaintFact.model_validate(event.data)
    tellings: list[Telling] = [
        _complainant("complaint_created", fact, _home(event, public_url), detail=""),
        ForOfficials("unit_complaint_created", fact.unit, _unit_data(fact, public_url)),
        _digested("complaint_created", fact),
    ]
    return _about(event, fact.complaint_id, fact.conversation_id), tellings


def _status_changed(event: AnyEvent, public_url: str) -> Told | None:
    fact = c.ComplaintStatusChanged.model_validate(event.data)
    if fact.changed_by not in _OFFICE:
        return None  # what they did themselves they know
    telling = _complainant("complaint_status", fact, _home(event, public_url), detail=fact.reason)
    return _about(event, fact.complaint_id, fact.conversation_id), [telling]


def _reopened(event: AnyEvent, public_url: str) -> Told:
    fact = c.ComplaintStatusChanged.model_validate(event.data)
    tellings: list[Telling] = [
        ForOfficials("unit_complaint_reopened", fact.unit, _unit_data(fact, public_url)),
        _digested("complaint_reopened", fact),
    ]
    if fact.changed_by in _OFFICE:
        tellings.append(_complainant("complaint_status", fact, _home(event, public_url), detail=fact.reason))
    return _about(event, fact.complaint_id, fact.conversation_id), tellings


def _commented(event: AnyEvent, public_url: str) -> Told | None:
    fact = c.ComplaintCommented.model_validate(event.data)
    if not fact.public or fact.author != "agent":
        return None
    telling = _complainant("complaint_comment", fact, _home(event, public_url), detail=fact.text)
    return _about(event, fact.complaint_id, fact.conversation_id), [telling]


def _overdue(event: AnyEvent, public_url: str) -> Told:
    fact = c.ComplaintOverdue.model_validate(event.data)
    tellings: list[Telling] = [
        ForOfficials("unit_complaint_overdue", fact.unit, _unit_data(fact, public_url)),
        _digested("complaint_overdue", fact),
    ]
    return _about(event, fact.complaint_id, fact.conversation_id), tellings


def _complainant(purpose: str, fact: c.ComplaintFact, home: str, *, detail: str) -> ForCitizen:
    person = fact.citizen
    data = {
        "name": person.name or words()["citizen"],
        "folio": fact.folio,
        "category": fact.category_name,
        "unit": fact.unit,
        "status": words()["statuses"][fact.status.value],
        "due": day_text(fact.due_date) if fact.due_date else "",
        "detail": detail,
        "home_url": f"{home}reclamo",
    }
    return ForCitizen(purpose, _contact(person), data)


def _unit_data(fact: c.ComplaintFact, public_url: str) -> dict[str, Any]:
    return {
        "folio": fact.folio,
        "category": fact.category_name,
        "unit": fact.unit,
        "due": day_text(fact.due_date) if fact.due_date else "",
        "panel_url": f"{public_url}/panel/reclamos/{quote(fact.folio, safe='')}",
    }


def _digested(kind: str, fact: c.ComplaintFact) -> ForDigest:
    return ForDigest(kind, fact.unit, {"text": f"{fact.folio}, {fact.category_name}"})


def _handoff(event: AnyEvent, public_url: str) -> Told:
    fact = v.ConversationHandoffRequested.model_validate(event.data)
    reasons = words()["handoff_reasons"]
    data = {
        "reason": reasons.get(fact.reason, reasons["default"]),
        "open_now": fact.open_now,
        "panel_url": f"{public_url}/panel/conversaciones/{fact.conversation_id}",
    }
    tellings: list[Telling] = [ForOfficials("handoff_requested", "", data), ForDigest("handoff_requested", "", {})]
    return _about(event, fact.conversation_id, fact.conversation_id), tellings


def _about(
    event: AnyEvent, subject: UUID, conversation_id: UUID | None, *, expires_at: datetime | None = None
) -> About:
    return About(
        tenant=event.tenant,
        source="event",
        event_id=event.id,
        subject_id=str(subject),
        conversation_id=conversation_id,
        expires_at=expires_at,
    )


def _home(event: AnyEvent, public_url: str) -> str:
    """Return the municipality's own pages: the bare address shows another's."""
    return f"{public_url}/t/{quote(event.tenant, safe='')}/"


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))


_TELLERS: dict[str, Callable[[AnyEvent, str], Told | None]] = {
    a.APPOINTMENT_BOOKED: _appointment("appointment_booked", "appointment_booked"),
    a.APPOINTMENT_RESCHEDULED: _appointment("appointment_rescheduled", None),
    a.APPOINTMENT_CANCELLED: _appointment("appointment_cancelled", "appointment_cancelled"),
    a.APPOINTMENT_REMINDER_DUE: _reminder,
    c.COMPLAINT_CREATED: _complaint_created,
    c.COMPLAINT_STATUS_CHANGED: _status_changed,
    c.COMPLAINT_REOPENED: _reopened,
    c.COMPLAINT_COMMENTED: _commented,
    c.COMPLAINT_OVERDUE: _overdue,
    v.CONVERSATION_HANDOFF_REQUESTED: _handoff,
}
_TOLD_OF_IMPORTS = frozenset({c.COMPLAINT_COMMENTED})
"""What a person has written to the citizen. The rest would tell thousands, at once, of things of last year."""
HEARD = tuple(_TELLERS)
"""The event types that somebody is told of."""

"""What is told to whom. Pure functions."""

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from munbot_contracts.appointments import (
    APPOINTMENT_BOOKED,
    APPOINTMENT_CANCELLED,
    APPOINTMENT_RESCHEDULED,
    AppointmentFact,
    AppointmentRescheduled,
)
from munbot_contracts.complaints import (
    COMPLAINT_COMMENTED,
    COMPLAINT_CREATED,
    COMPLAINT_REOPENED,
    COMPLAINT_STATUS_CHANGED,
    ComplaintCommented,
    ComplaintFact,
    ComplaintStatusChanged,
)
from munbot_contracts.envelope import AnyEvent

from munbot_conversations.texts import texts

_OFFICIALS = frozenset({"agent", "admin"})


Notice = tuple[UUID, str] | None
Introduction = tuple[UUID, dict[str, str | None]] | None


def notice_of(event: AnyEvent) -> Notice:
    """Return the conversation and the words that tell a citizen of an event, or None where there is nothing to tell.

    Only what officials did is told: what the citizen did they know, and the dialogue answered it.
    """
    tell = _TELLERS.get(event.type)
    return None if tell is None else tell(event.data, texts()["notices"])


def introduction_of(event: AnyEvent) -> Introduction:
    """Return the conversation, and who said there that they are, with name, RUT, phone and e-mail as far as given.

    An hour is often taken for somebody else, and then the second name says so; the first is a person's own until an
    official corrects it.
    """
    fact = _FACTS.get(event.type)
    if fact is None:
        return None
    told = fact.model_validate(event.data)
    if told.conversation_id is None:
        return None
    return told.conversation_id, told.citizen.model_dump()


def _moved(data: Any, words: dict[str, Any]) -> Notice:
    moved = ComplaintStatusChanged.model_validate(data)
    if moved.changed_by not in _OFFICIALS:
        return None
    status = words["statuses"][moved.status.value]
    text = words["complaint_moved"].format(folio=moved.folio, status=status, reason=moved.reason)
    return _to(moved.conversation_id, text)


def _answered(data: Any, words: dict[str, Any]) -> Notice:
    said = ComplaintCommented.model_validate(data)
    if not said.public or said.author != "agent":
        return None
    return _to(said.conversation_id, words["complaint_answered"].format(folio=said.folio, text=said.text))


def _rescheduled(data: Any, words: dict[str, Any]) -> Notice:
    return _appointment(AppointmentRescheduled.model_validate(data), words["appointment_moved"], words)


def _cancelled(data: Any, words: dict[str, Any]) -> Notice:
    return _appointment(AppointmentFact.model_validate(data), words["appointment_cancelled"], words)


def _appointment(fact: AppointmentFact, template: str, words: dict[str, Any]) -> Notice:
    if fact.changed_by not in _OFFICIALS:
        return None
    local = fact.start.astimezone(ZoneInfo(fact.timezone))
    day = words["day"].format(
        weekday=texts()["weekdays"][local.weekday()], day=local.day, month=words["months"][local.month - 1]
    )
    text = template.format(
        procedure=fact.procedure.name, office=fact.office.name, day=day, time=local.strftime("%H:%M"), code=fact.code
    )
    if fact.reason:
        text += " " + words["reason"].format(reason=fact.reason)
    return _to(fact.conversation_id, text)


def _to(conversation_id: UUID | None, text: str) -> Notice:
    return None if conversation_id is None else (conversation_id, text)


_TELLERS: dict[str, Callable[[Any, dict[str, Any]], Notice]] = {
    COMPLAINT_STATUS_CHANGED: _moved,
    COMPLAINT_REOPENED: _moved,
    COMPLAINT_COMMENTED: _answered,
    APPOINTMENT_RESCHEDULED: _rescheduled,
    APPOINTMENT_CANCELLED: _cancelled,
}

_FACTS: dict[str, type[AppointmentFact | ComplaintFact]] = {
    APPOINTMENT_BOOKED: AppointmentFact,
    COMPLAINT_CREATED: ComplaintFact,
}

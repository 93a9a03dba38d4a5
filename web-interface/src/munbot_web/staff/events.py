"""Which of the platform's events reach an open dashboard."""

from munbot_contracts.envelope import routing_key
from munbot_contracts.messages import MESSAGE_HANDLED, MESSAGE_OUTBOUND, MESSAGE_STATUS, MESSAGE_STORED

_MESSAGES = frozenset({MESSAGE_STORED, MESSAGE_OUTBOUND, MESSAGE_STATUS, MESSAGE_HANDLED})
_AREAS = frozenset({"conversation", "contact", "canned_answer", "appointment", "complaint", "knowledge"})

BINDINGS = tuple(sorted({routing_key(kind) for kind in _MESSAGES} | {f"{area}.#" for area in _AREAS}))
"""Routing keys of what the dashboard shows."""


def concerns_staff(event_type: str) -> bool:
    """Return whether an open dashboard hears of this type."""
    return event_type in _MESSAGES or routing_key(event_type).split(".", 1)[0] in _AREAS

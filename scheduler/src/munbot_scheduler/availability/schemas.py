"""Shapes of an office's days."""

from datetime import date, datetime
from uuid import UUID

from munbot_scheduler.availability.rules import Closure
from munbot_scheduler.schemas import Answer


class WindowOut(Answer):
    """An opening, for so many people at a time; visits start every `step` minutes."""

    opens: datetime
    closes: datetime
    capacity: int
    step: int


class OfficeDayOut(Answer):
    """A day of an office; `closure` and `reason` say why it has no opening."""

    office_id: UUID
    date: date
    windows: list[WindowOut]
    closure: Closure | None
    reason: str

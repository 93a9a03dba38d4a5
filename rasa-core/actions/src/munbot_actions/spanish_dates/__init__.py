"""Read Spanish dates and hours as Chileans type them in a chat."""

from __future__ import annotations

from datetime import datetime

from munbot_actions.spanish_dates.model import (
    ImpossibleDate,
    ImpossibleTime,
    PastDate,
    PastTime,
    Problem,
    Reading,
    WeekdayMismatch,
)
from munbot_actions.spanish_dates.reading import read
from munbot_actions.spanish_dates.say import say_date, say_range, say_time, say_time_range

__all__ = [
    "ImpossibleDate",
    "ImpossibleTime",
    "PastDate",
    "PastTime",
    "Problem",
    "Reading",
    "WeekdayMismatch",
    "parse",
    "say_date",
    "say_range",
    "say_time",
    "say_time_range",
]


def parse(text: str, now: datetime) -> Reading:
    """Read when a message means.

    Args:
        text: the message as typed, of any length.
        now: the moment it was written, aware and in the tenant's zone.

    Raises:
        ValueError: ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware, in the tenant's zone")
    return read(text, now)

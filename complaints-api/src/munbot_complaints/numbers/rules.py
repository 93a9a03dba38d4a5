"""Counting complaints. Pure functions."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Case:
    """What counting needs of a complaint; `settled_at` is None while an answer is owed."""

    created_at: datetime
    settled_at: datetime | None
    late: bool
    category: str
    unit: str


def per_day(cases: Sequence[Case], first: date, last: date) -> list[tuple[date, int, int]]:
    """Return (day, came in, were settled) for every day of a range; the cases' moments are local."""
    received = Counter(case.created_at.date() for case in cases)
    settled = Counter(case.settled_at.date() for case in cases if case.settled_at)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, received[day], settled[day]) for day in days]


def median_days(cases: Sequence[Case]) -> float | None:
    """Return the median of the days (of 24 hours) from coming in to being settled; None where none was."""
    took = [(case.settled_at - case.created_at).total_seconds() / _DAY_SECONDS for case in cases if case.settled_at]
    return round(median(took), 1) if took else None


def on_time(cases: Sequence[Case]) -> float | None:
    """Return which part of the settled ones was settled within its term, 0 to 1; None where none was."""
    settled = [case for case in cases if case.settled_at]
    return round(sum(not case.late for case in settled) / len(settled), 3) if settled else None


def ranked(names: Sequence[str]) -> list[tuple[str, int]]:
    """Return (name, how often), the most frequent first, then by name."""
    return sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))

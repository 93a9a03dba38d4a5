"""Opening hours in words, and whether an office is open now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from munbot_scheduler.availability.calendar import OfficeCalendar
from munbot_scheduler.availability.rules import WeeklyRule
from munbot_scheduler.schemas import wall_time
from munbot_scheduler.texts import joined, say, weekday_name

SEARCHED_DAYS = 60


def current_rules(rules: Iterable[WeeklyRule], today: date) -> list[WeeklyRule]:
    """Return the rules that hold these days: the validity of each is looked at, not its weekday."""
    return [
        rule
        for rule in rules
        if (rule.valid_from is None or rule.valid_from <= today)
        and (rule.valid_until is None or today <= rule.valid_until)
    ]


def hours_text(rules: Sequence[WeeklyRule]) -> str:
    """Return `lunes a jueves: 08:30 a 14:00 y 15:00 a 17:00; viernes: 08:30 a 14:00`."""
    by_day = {
        day: tuple((rule.opens, rule.closes) for rule in rules if rule.weekday == day)
        for day in range(7)
        if any(rule.weekday == day for rule in rules)
    }
    if not by_day:
        return say("hours.none")
    parts = []
    for _, group in groupby(enumerate(sorted(by_day)), key=lambda pair: (pair[1] - pair[0], by_day[pair[1]])):
        days = [day for _, day in group]
        intervals = [say("hours.interval", opens=wall_time(o), closes=wall_time(c)) for o, c in by_day[days[0]]]
        parts.append(say("hours.group", days=_days_text(days), intervals=joined(intervals)))
    return "; ".join(parts)


def _days_text(days: Sequence[int]) -> str:
    if len(days) > 2:
        return say("hours.range", first=weekday_name(days[0]), last=weekday_name(days[-1]))
    return joined([weekday_name(day) for day in days])


@dataclass(frozen=True, slots=True)
class OpenStatus:
    """Whether an office is open, until when, or from when again."""

    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None


def open_status(calendar: OfficeCalendar, at: datetime) -> OpenStatus:
    """Return whether the office is open at a moment; neighbouring openings count as one."""
    today = calendar.local_day(at)
    closes: datetime | None = None
    for offset in range(-1, SEARCHED_DAYS):
        for window in calendar.plan(today + timedelta(days=offset)).windows:
            if closes is not None and window.opens > closes:
                return OpenStatus(open_now=True, opens_at=None, closes_at=closes)
            if window.opens <= at < window.closes or closes == window.opens:
                closes = window.closes
            elif closes is None and window.opens > at:
                return OpenStatus(open_now=False, opens_at=window.opens, closes_at=None)
    return OpenStatus(open_now=closes is not None, opens_at=None, closes_at=closes)

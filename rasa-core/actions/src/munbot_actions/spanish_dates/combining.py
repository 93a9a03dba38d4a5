"""Put mentions together: days meet weekdays, hours meet parts of the day, wishes stand beside each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from munbot_actions.spanish_dates import negation
from munbot_actions.spanish_dates.model import (
    DateRange,
    Mention,
    PartOfDay,
    PastTime,
    Problem,
    Reading,
    TimeRange,
    WeekdayMismatch,
)
from munbot_actions.spanish_dates.text import Canonical

OPEN_END = timedelta(days=30)
_OR = re.compile(r"(?:^|[ ,])(?:o|u|o si no|o sino)(?: (?:sino|si no|mejor|bien|tambien))?$")
_SAME_BREATH = frozenset({"", ",", "que es", "(", "osea", "es"})


@dataclass(frozen=True, slots=True)
class _Days:
    date: date | None = None
    date_range: DateRange | None = None
    problems: tuple[Problem, ...] = ()
    others: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Combiner:
    """Builds readings of one message; ``text`` is as typed, ``line`` its canonical form."""

    text: str
    line: Canonical
    now: datetime

    def wishes(self, mentions: list[Mention]) -> Reading:
        """Read «el lunes a las 10 o el martes a las 11» as a first wish and its alternatives."""
        groups: list[list[Mention]] = []
        for mention in mentions:
            before = negation.between(self.line.text, groups[-1][-1], mention) if groups else ""
            if not groups or _OR.search(before[-20:]):
                groups.append([])
            groups[-1].append(mention)
        readings = [self.one(group) for group in groups] or [Reading()]
        first, last = readings[0], readings[-1]
        if len(readings) == 1:
            return first
        if first.has_date and not first.has_time:
            first = replace(first, **_hour_of(last))
        in_one_week = any(
            "semana" in self.line.text[m.start : m.end] for m in groups[0] if m.date and m.weekday is None
        )
        others = [_completed(_later(reading, first) if in_one_week else reading, first) for reading in readings[1:]]
        problems = tuple(problem for reading in readings for problem in reading.problems)
        return replace(first, problems=problems, alternatives=(*first.alternatives, *others))

    def one(self, mentions: list[Mention]) -> Reading:
        """Combine mentions into a single reading."""
        days = self._days([mention for mention in mentions if mention.says_day])
        part = next((mention.part for mention in mentions if mention.part), None)
        hours = [mention for mention in mentions if mention.says_hour]
        hour = hours[0] if hours else Mention()
        relation = hour.relation or next((mention.relation for mention in mentions if mention.relation), None)
        at = hour.clock.on(hour.part or part) if hour.clock else None
        problems = [problem for mention in mentions for problem in mention.problems] + list(days.problems)
        if (
            at is not None
            and days.date == self.now.date()
            and at < self.now.time()
            and relation not in {"after", "before"}
        ):
            problems.append(PastTime(self._quote(hour, hour), at))
        return Reading(
            date=days.date,
            date_range=days.date_range,
            time=at,
            time_range=_time_range(hour, part),
            part_of_day=part,
            relation=relation,
            choice=next((mention.choice for mention in mentions if mention.choice is not None), None),
            problems=tuple(dict.fromkeys(problems)),
            alternatives=tuple(self.one([mention]) for mention in (*days.others, *hours[1:])),
        )

    def _quote(self, first: Mention, last: Mention) -> str:
        start, end = self.line.span(first.start, last.end)
        return self.text[start:end]

    def _days(self, mentions: list[Mention]) -> _Days:
        if not mentions:
            return _Days()
        first, rest = mentions[0], mentions[1:]
        others: list[Mention] = []
        for other in rest:
            same_breath = negation.between(self.line.text, first, other).strip() in _SAME_BREATH
            joined = _joined(first, other) or (_named_twice(first, other) if same_breath else None)
            if joined is not None:
                first = joined
            elif same_breath and _clash(first, other):
                return _Days(problems=(self._mismatch(first, other),))
            else:
                others.append(other)
        day, span = self._bounded(first)
        return _Days(day, span, (), tuple(others))

    def _mismatch(self, left: Mention, right: Mention) -> WeekdayMismatch:
        by_weekday, by_day = (left, right) if left.weekday is not None else (right, left)
        assert by_weekday.date is not None
        assert by_day.date is not None
        return WeekdayMismatch(self._quote(left, right), by_weekday.date, by_day.date)

    def _bounded(self, mention: Mention) -> tuple[date | None, DateRange | None]:
        found = mention.date
        if found is None or mention.bound is None:
            return found, mention.date_range
        if mention.bound in {"from", "after"}:
            start = found + timedelta(days=mention.bound == "after")
            return None, (start, start + OPEN_END)
        today = self.now.date()
        end = found - timedelta(days=mention.bound == "before")
        return None, (today, max(end, today))


def _hour_of(reading: Reading) -> dict[str, Any]:
    return {name: getattr(reading, name) for name in ("time", "time_range", "part_of_day", "relation")}


def _later(other: Reading, first: Reading) -> Reading:
    """Keep «la próxima semana lunes o martes» in one week."""
    if other.date is None or first.date is None or other.date >= first.date:
        return other
    return replace(other, date=first.date + timedelta(days=(other.date.weekday() - first.date.weekday()) % 7))


def _completed(other: Reading, first: Reading) -> Reading:
    if not other.has_date:
        return replace(other, date=first.date, date_range=first.date_range)
    return other if other.has_time else replace(other, **_hour_of(first))


def _time_range(hour: Mention, part: PartOfDay | None) -> TimeRange | None:
    if hour.clock_range is None:
        return None
    first, last = hour.clock_range
    part = hour.part or part
    start, end = first.on(part), last.on(part)
    return (start, end) if start < end else (first.on(None), last.on(None))


def _joined(left: Mention, right: Mention) -> Mention | None:
    """Join what narrows one another: a week and its weekday, a month and its day, a day said twice."""
    for one, other in ((left, right), (right, left)):
        if one.date_range and other.date and not other.bound:
            narrowed = _within(one.date_range, other)
            if narrowed is not None:
                return Mention(date=narrowed, start=left.start, end=right.end)
    if left.date is not None and left.date == right.date and left.bound == right.bound:
        return replace(left, end=right.end)
    if left.bound in {"from", "after"} and right.bound in {"until", "before"} and left.date and right.date:
        start = left.date + timedelta(days=left.bound == "after")
        end = right.date - timedelta(days=right.bound == "before")
        return Mention(date_range=(start, end), start=left.start, end=right.end) if start <= end else None
    return None


def _named_twice(left: Mention, right: Mention) -> Mention | None:
    """Read «hoy lunes»: the weekday says no other day than the one beside it."""
    for day, name in ((left, right), (right, left)):
        if day.date and day.weekday is None and name.weekday == day.date.weekday():
            return replace(day, start=left.start, end=right.end)
    return None


def _within(span: DateRange, mention: Mention) -> date | None:
    first, last = span
    for offset in range(min((last - first).days, 62) + 1):
        candidate = first + timedelta(days=offset)
        in_week = mention.weekday is not None and last - first <= timedelta(days=6)
        if (in_week and candidate.weekday() == mention.weekday) or candidate.day == mention.month_day:
            return candidate
    return mention.date if mention.date and first <= mention.date <= last and mention.weekday is None else None


def _clash(left: Mention, right: Mention) -> bool:
    return bool(left.date and right.date) and (left.weekday is not None) != (right.weekday is not None)

"""Put mentions together into one reading: days meet weekdays, hours meet parts of the day."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from munbot_actions.spanish_dates import negation
from munbot_actions.spanish_dates.model import (
    DateRange,
    Mention,
    PartOfDay,
    PastTime,
    Problem,
    Reading,
    Relation,
    TimeRange,
    WeekdayMismatch,
)
from munbot_actions.spanish_dates.scanner import Scanner
from munbot_actions.spanish_dates.text import Canonical, canonical

OPEN_END = timedelta(days=30)
_FILLERS = frozenset(
    "a al ok ya si el la los las de del en es y o por favor porfavor mejor entonces gracias nomas dale ponle pongale pongame hora hrs no"
    " quiero prefiero bueno bien tipo esa ese seria con dia perdon digo para me sirve quedo tomo elijo dame deme numero que un una".split()
)
_FLIPPED: dict[Relation, Relation] = {"before": "after", "after": "before"}
_LONE_NUMBER = re.compile(r"(?<![0-9.,:/-])\b([0-9]{1,4})\b(?![0-9:/]|[.,-][0-9])")


@dataclass(frozen=True, slots=True)
class _Day:
    date: date | None = None
    date_range: DateRange | None = None
    problems: tuple[Problem, ...] = ()
    others: tuple[Mention, ...] = ()


def read(text: str, now: datetime) -> Reading:
    """Read a message; ``now`` is aware and in the tenant's zone."""
    line = canonical(text)
    scanner = Scanner(line.text, now)
    mentions = scanner.run()
    meant, refused = negation.split(line.text, mentions)
    if negation.moves_from(line.text, meant):
        leaving = next(mention for mention in meant if mention.says_day)
        meant.remove(leaving)
        refused.insert(0, leaving)
    meant = [*meant, *(_turned(mention) for mention in refused if _is_bound(mention))]
    refused = [mention for mention in refused if not _is_bound(mention)]
    reading = _combine(line.text, meant, now)
    return replace(
        reading,
        past_duration=scanner.past_duration,
        bare_number=_bare_number(scanner.open, mentions, reading),
        spans=_spans(line, mentions),
        negated=tuple(_combine(line.text, [mention], now) for mention in refused),
    )


def _is_bound(mention: Mention) -> bool:
    return mention.relation in _FLIPPED


def _turned(mention: Mention) -> Mention:
    """Turn «no puedo antes de las 10» into «after 10»."""
    return replace(mention, relation=_FLIPPED[mention.relation]) if mention.relation in _FLIPPED else mention


def _spans(line: Canonical, mentions: list[Mention]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(line.span(mention.start, mention.end) for mention in mentions):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _combine(line: str, mentions: list[Mention], now: datetime) -> Reading:
    day = _days(line, [mention for mention in mentions if mention.says_day], now)
    part = next((mention.part for mention in mentions if mention.part), None)
    hours = [mention for mention in mentions if mention.says_hour]
    hour = hours[0] if hours else Mention()
    relation = hour.relation or next((mention.relation for mention in mentions if mention.relation), None)
    at = hour.clock.on(hour.part or part) if hour.clock else None
    problems = [problem for mention in mentions for problem in mention.problems] + list(day.problems)
    if at is not None and day.date == now.date() and at < now.time() and relation not in {"after", "before"}:
        problems.append(PastTime(line[hour.start : hour.end], at))
    others = [_combine(line, [mention], now) for mention in (*day.others, *hours[1:])]
    found = day.date
    return Reading(
        date=found,
        date_range=day.date_range,
        time=at,
        time_range=_time_range(hour, part),
        part_of_day=part,
        relation=relation,
        choice=next((mention.choice for mention in mentions if mention.choice is not None), None),
        problems=tuple(dict.fromkeys(problems)),
        alternatives=tuple(others),
    )


def _time_range(hour: Mention, part: PartOfDay | None) -> TimeRange | None:
    if hour.clock_range is None:
        return None
    first, last = hour.clock_range
    part = hour.part or part
    start, end = first.on(part), last.on(part)
    return (start, end) if start < end else (first.on(None), last.on("afternoon"))


def _days(line: str, mentions: list[Mention], now: datetime) -> _Day:
    if not mentions:
        return _Day()
    first, rest = mentions[0], mentions[1:]
    others: list[Mention] = []
    for other in rest:
        joined = _joined(first, other)
        if joined is not None:
            first = joined
        elif _adjacent(line, first, other) and _clash(first, other):
            return _Day(problems=(_mismatch(line, first, other),))
        else:
            others.append(other)
    date_, span = _bounded(first, now)
    return _Day(date_, span, (), tuple(others))


def _joined(left: Mention, right: Mention) -> Mention | None:
    """Join two mentions that narrow one another: a week and its weekday, a month and its day, a repetition."""
    for one, other in ((left, right), (right, left)):
        if one.date_range and other.date and not other.bound:
            narrowed = _within(one.date_range, other)
            if narrowed is not None:
                return Mention(date=narrowed, start=left.start, end=right.end)
    if left.date is not None and left.date == right.date:
        return replace(left, end=right.end)
    if left.bound in {"from", "after"} and right.bound in {"until", "before"} and left.date and right.date:
        start = left.date + timedelta(days=left.bound == "after")
        end = right.date - timedelta(days=right.bound == "before")
        return Mention(date_range=(start, end), start=left.start, end=right.end) if start <= end else None
    return None


def _within(span: DateRange, mention: Mention) -> date | None:
    first, last = span
    for offset in range(min((last - first).days, 62) + 1):
        candidate = first + timedelta(days=offset)
        if mention.weekday is not None and last - first <= timedelta(days=6) and candidate.weekday() == mention.weekday:
            return candidate
        if mention.month_day is not None and candidate.day == mention.month_day:
            return candidate
    return mention.date if mention.date and first <= mention.date <= last and mention.weekday is None else None


def _adjacent(line: str, left: Mention, right: Mention) -> bool:
    return negation.between(line, left, right).strip() in {"", ",", "que es", "(", "osea", "es"}


def _clash(left: Mention, right: Mention) -> bool:
    return bool(left.date and right.date) and (left.weekday is not None) != (right.weekday is not None)


def _mismatch(line: str, left: Mention, right: Mention) -> WeekdayMismatch:
    by_weekday, by_day = (left, right) if left.weekday is not None else (right, left)
    assert by_weekday.date is not None
    assert by_day.date is not None
    return WeekdayMismatch(line[left.start : right.end], by_weekday.date, by_day.date)


def _bounded(mention: Mention, now: datetime) -> tuple[date | None, DateRange | None]:
    found = mention.date
    if found is None or mention.bound is None:
        return found, mention.date_range
    today = now.date()
    if mention.bound in {"from", "after"}:
        start = found + timedelta(days=mention.bound == "after")
        return None, (start, start + OPEN_END)
    end = found - timedelta(days=mention.bound == "before")
    return None, (today, max(end, today))


def _bare_number(open_line: str, mentions: list[Mention], reading: Reading) -> int | None:
    numbers = _LONE_NUMBER.findall(open_line)
    if "\x00" in open_line and not mentions:
        return None
    words = [word for word in re.findall(r"[a-z0-9]+", open_line) if not word.isdigit()]
    if any(word not in _FILLERS for word in words):
        return None
    if len(numbers) == 1:
        return int(numbers[0])
    lone_day = next((m.month_day for m in mentions if m.month_day), None)
    if not numbers and lone_day and len(mentions) == 1 and reading.date:
        return lone_day
    return 1 if words in (["uno"], ["una"]) else None

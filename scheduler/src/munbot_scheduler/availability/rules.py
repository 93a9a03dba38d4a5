"""Pure rules of opening hours and slots: no clock, no database.

Weekly rules and exceptions are written in wall-clock minutes of a local day (0 to 1440). They become windows of
real time here, once, so that everything after works in UTC and a change of the clock cannot double or lose time:
slots advance in elapsed time from the opening of their window.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1440
NOON = time(12)


@dataclass(frozen=True, slots=True)
class WeeklyRule:
    """Open on one weekday (0 = Monday) from minute `opens` to minute `closes`, for `capacity` people at a time."""

    weekday: int
    opens: int
    closes: int
    capacity: int
    step: int = 15
    valid_from: date | None = None
    valid_until: date | None = None

    def applies(self, day: date) -> bool:
        """Whether the rule holds on a local day; both ends of its validity are included."""
        return (
            day.weekday() == self.weekday
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_until is None or day <= self.valid_until)
        )


class ExceptionKind(StrEnum):
    """What an exception does to the week's rules."""

    CLOSED = "closed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DayException:
    """From `first` to `last`: closed, or open although it would not be; `opens` None means the whole day."""

    kind: ExceptionKind
    first: date
    last: date
    opens: int | None = None
    closes: int | None = None
    capacity: int = 1
    step: int = 15
    reason: str = ""

    def applies(self, day: date) -> bool:
        """Whether the exception touches a local day."""
        return self.first <= day <= self.last

    @property
    def minutes(self) -> tuple[int, int]:
        """The wall-clock minutes it covers."""
        return (
            0 if self.opens is None else self.opens,
            MINUTES_PER_DAY if self.closes is None else self.closes,
        )


@dataclass(frozen=True, slots=True)
class WallWindow:
    """An opening in wall-clock minutes; the grid of starts counts from `anchor`."""

    opens: int
    closes: int
    anchor: int
    step: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Window:
    """An opening in real time (UTC); starts lie at `anchor` + k x `step`."""

    opens: datetime
    closes: datetime
    anchor: datetime
    step: timedelta
    capacity: int

    def starts(self, duration: timedelta) -> Iterator[datetime]:
        """Yield every start from which `duration` fits before closing."""
        start = self.anchor
        if start < self.opens:
            start += -((start - self.opens) // self.step) * self.step
        while start + duration <= self.closes:
            yield start
            start += self.step

    def holds(self, start: datetime, duration: timedelta) -> bool:
        """Whether the whole visit lies within the opening, on the grid or not."""
        return self.opens <= start and start + duration <= self.closes

    def on_grid(self, start: datetime) -> bool:
        """Whether `start` is one of the grid."""
        return (start - self.anchor) % self.step == timedelta(0)


class Closure(StrEnum):
    """Why a day has no windows."""

    HOLIDAY = "holiday"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class DayPlan:
    """One local day of one office."""

    day: date
    windows: tuple[Window, ...]
    closure: Closure | None = None
    reason: str = ""


def cut(windows: Iterable[WallWindow], start: int, end: int) -> list[WallWindow]:
    """Return the windows without the minutes from `start` to `end`; the grid stays where it was."""
    left: list[WallWindow] = []
    for window in windows:
        if window.closes <= start or end <= window.opens:
            left.append(window)
            continue
        if window.opens < start:
            left.append(replace(window, closes=start))
        if end < window.closes:
            left.append(replace(window, opens=end))
    return left


def wall_windows(
    day: date, rules: Iterable[WeeklyRule], exceptions: Sequence[DayException], *, holiday: bool
) -> list[WallWindow]:
    """Return the day's openings in wall-clock minutes, sorted and without overlap.

    A holiday removes the week's rules; an extra opening counts even then and replaces what it overlaps; a closure
    beats everything.
    """
    windows = [
        WallWindow(rule.opens, rule.closes, rule.opens, rule.step, rule.capacity)
        for rule in rules
        if not holiday and rule.applies(day)
    ]
    today = [exception for exception in exceptions if exception.applies(day)]
    for exception in today:
        if exception.kind is ExceptionKind.OPEN:
            opens, closes = exception.minutes
            windows = cut(windows, opens, closes)
            windows.append(WallWindow(opens, closes, opens, exception.step, exception.capacity))
    for exception in today:
        if exception.kind is ExceptionKind.CLOSED:
            windows = cut(windows, *exception.minutes)
    return sorted(windows, key=lambda window: window.opens)


def instant(day: date, minute: int, zone: ZoneInfo, *, closing: bool = False) -> datetime:
    """Return the UTC moment of a wall-clock minute (0 to 1440) of a local day.

    An hour that happens twice opens at its first pass and closes at its second, so that opening hours written on
    the door stay true. A minute that the clock skips means the moment of the change.
    """
    days, minute = divmod(minute, MINUTES_PER_DAY)
    local = datetime.combine(day + timedelta(days=days), time(minute // 60, minute % 60))
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:  # skipped: fold 0 reads it after the change, fold 1 before (PEP 495)
        return _change_between(second, first, zone)
    return second if closing else first


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before) / timedelta(minutes=1))
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(minutes=middle)).astimezone(zone).utcoffset() == old:
            low = middle + 1
        else:
            high = middle
    return before + timedelta(minutes=low)


def plan_day(
    day: date,
    rules: Sequence[WeeklyRule],
    exceptions: Sequence[DayException],
    zone: ZoneInfo,
    holiday: str | None,
) -> DayPlan:
    """Return the openings of one local day, or why there are none.

    Args:
        day: a day of the office's calendar.
        rules: the office's weekly rules.
        exceptions: its closures and extra openings.
        zone: where the office is.
        holiday: name of the public holiday on that day, if it is one.
    """
    windows = []
    for wall in wall_windows(day, rules, exceptions, holiday=holiday is not None):
        opens = instant(day, wall.opens, zone)
        closes = instant(day, wall.closes, zone, closing=True)
        if opens < closes:
            anchor = opens if wall.anchor == wall.opens else instant(day, wall.anchor, zone)
            windows.append(Window(opens, closes, anchor, timedelta(minutes=wall.step), wall.capacity))
    if windows:
        return DayPlan(day, _without_overlap(windows))
    if holiday is not None:
        return DayPlan(day, (), Closure.HOLIDAY, holiday)
    reasons = [e.reason for e in exceptions if e.kind is ExceptionKind.CLOSED and e.applies(day) and e.reason]
    return DayPlan(day, (), Closure.CLOSED, reasons[0] if reasons else "")


def _without_overlap(windows: list[Window]) -> tuple[Window, ...]:
    """Two neighbours in an hour that happens twice would share it: the later one starts when the earlier ends."""
    windows.sort(key=lambda window: window.opens)
    for index, (earlier, later) in enumerate(pairwise(windows)):
        if later.opens < earlier.closes:
            windows[index] = replace(earlier, closes=later.opens)
    return tuple(windows)


@dataclass(frozen=True, slots=True)
class Occupied:
    """A seat that is taken for some time."""

    seat_no: int
    start: datetime
    end: datetime


def seats_taken(occupied: Iterable[Occupied], start: datetime, end: datetime) -> set[int]:
    """Return the numbers of the seats that are taken at some moment between `start` and `end`."""
    return {seat.seat_no for seat in occupied if seat.start < end and start < seat.end}


def candidate_seats(capacity: int, taken: set[int]) -> list[int]:
    """Return the seat numbers a booking may try, lowest first; none when the capacity is used up.

    Seats above the capacity count too (they remain when an office reduces it), and only as many free seats are
    offered as may still be filled: racing bookings that see the same state then compete for the same seats, and the
    database's constraint keeps their sum within the capacity.
    """
    room = capacity - len(taken)
    if room <= 0:
        return []
    return [seat for seat in range(1, capacity + 1) if seat not in taken][:room]


class TimeOfDay(StrEnum):
    """A part of the day."""

    ANY = "any"
    MORNING = "morning"
    AFTERNOON = "afternoon"

    def contains(self, local: time) -> bool:
        """Whether a local time lies in it; the afternoon begins at noon."""
        if self is TimeOfDay.ANY:
            return True
        return (local < NOON) is (self is TimeOfDay.MORNING)


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield every day from `first` to `last`, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)

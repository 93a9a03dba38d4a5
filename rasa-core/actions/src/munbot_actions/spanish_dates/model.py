"""What a parse gives back, and the pieces it is put together from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

PartOfDay = Literal["morning", "afternoon", "evening"]
Relation = Literal["around", "after", "before", "later", "earlier"]
Choice = Literal["first", "last", "any"] | int
DateRange = tuple[date, date]
TimeRange = tuple[time, time]


@dataclass(frozen=True, slots=True)
class ImpossibleDate:
    """A day that no calendar has: «31 de junio»."""

    text: str
    code: Literal["impossible_date"] = "impossible_date"


@dataclass(frozen=True, slots=True)
class ImpossibleTime:
    """An hour that no clock has: «a las 25»."""

    text: str
    code: Literal["impossible_time"] = "impossible_time"


@dataclass(frozen=True, slots=True)
class PastDate:
    """A day that is over: «ayer», «el 3 de enero de 2020»."""

    text: str
    date: date
    code: Literal["past_date"] = "past_date"


@dataclass(frozen=True, slots=True)
class PastTime:
    """An hour of today that is over: «hoy a las 9», said at 15:00."""

    text: str
    time: time
    code: Literal["past_time"] = "past_time"


@dataclass(frozen=True, slots=True)
class WeekdayMismatch:
    """A weekday and a day that do not meet: «lunes 25» when the 25th is a Wednesday."""

    text: str
    by_weekday: date
    by_day: date
    code: Literal["weekday_mismatch"] = "weekday_mismatch"


Problem = ImpossibleDate | ImpossibleTime | PastDate | PastTime | WeekdayMismatch


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says about when.

    ``spans`` are (start, end) offsets into the text as it was given. ``negated`` holds what the citizen
    refuses or leaves («el martes no»), ``alternatives`` what is offered besides («lunes o martes»).
    """

    date: date | None = None
    date_range: DateRange | None = None
    time: time | None = None
    time_range: TimeRange | None = None
    part_of_day: PartOfDay | None = None
    relation: Relation | None = None
    choice: Choice | None = None
    bare_number: int | None = None
    past_duration: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    negated: tuple[Reading, ...] = ()
    alternatives: tuple[Reading, ...] = ()

    @property
    def has_date(self) -> bool:
        """Tell whether a day or a span of days was read."""
        return self.date is not None or self.date_range is not None

    @property
    def has_time(self) -> bool:
        """Tell whether anything about the hour was read."""
        return (self.time, self.time_range, self.part_of_day) != (None, None, None)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing at all was understood."""
        said = (self.has_date, self.has_time, self.relation, self.choice, self.problems, self.negated)
        return not any(said) and self.bare_number is None

    def without_spans(self, text: str) -> str:
        """Give ``text`` without what was read, with single spaces."""
        rest, position = [], 0
        for start, end in self.spans:
            rest.append(text[position:start])
            position = end
        rest.append(text[position:])
        return " ".join(" ".join(rest).split())


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as said; ``open_half`` while neither morning nor afternoon was named."""

    hour: int
    minute: int = 0
    open_half: bool = False
    minutes_before: int = 0

    def on(self, part: PartOfDay | None) -> time:
        """Place the hour in the day: the named part wins, then office hours (1-7 are afternoon)."""
        hour = self.hour
        if self.open_half:
            if part in {"afternoon", "evening"}:
                hour = hour % 12 + 12 if not (part == "evening" and hour == 12) else 0
            elif part is None and 1 <= hour <= 7:
                hour += 12
        minutes = (hour * 60 + self.minute - self.minutes_before) % (24 * 60)
        return time(minutes // 60, minutes % 60)


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing a rule found; ``start`` and ``end`` are filled in by the scanner (canonical offsets)."""

    date: date | None = None
    date_range: DateRange | None = None
    weekday: int | None = None
    month_day: int | None = None
    clock: Clock | None = None
    clock_range: tuple[Clock, Clock] | None = None
    part: PartOfDay | None = None
    relation: Relation | None = None
    choice: Choice | None = None
    past_duration: bool = False
    bound: Literal["from", "after", "until", "before"] | None = None
    problems: tuple[Problem, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    @property
    def says_day(self) -> bool:
        """Tell whether the mention is about days."""
        return self.date is not None or self.date_range is not None

    @property
    def says_hour(self) -> bool:
        """Tell whether the mention is about a clock time."""
        return self.clock is not None or self.clock_range is not None

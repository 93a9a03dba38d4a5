"""An office's calendar: its rules, exceptions and holidays put together, and the slots that follow."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from munbot_scheduler.availability.models import OpeningException, OpeningRule
from munbot_scheduler.availability.repository import TakenSeat
from munbot_scheduler.availability.rules import (
    DayException,
    DayPlan,
    ExceptionKind,
    Occupied,
    WeeklyRule,
    Window,
    instant,
    plan_day,
    seats_taken,
)
from munbot_scheduler.catalogue.models import Office
from munbot_scheduler.holidays import holiday_name


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a visit can begin, and for how many people it is still free."""

    office: Office
    start: datetime
    end: datetime
    capacity: int
    free: int

    def local_start(self) -> datetime:
        """The start on the office's clock."""
        return self.start.astimezone(ZoneInfo(self.office.timezone))


@dataclass(slots=True)
class OfficeCalendar:
    """When one office is open. Days are planned once and remembered for as long as the object lives."""

    office: Office
    rules: list[WeeklyRule]
    exceptions: list[DayException]
    _plans: dict[date, DayPlan] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.office.timezone)

    def plan(self, day: date) -> DayPlan:
        """Return the openings of a local day."""
        if day not in self._plans:
            holiday = holiday_name(day, self.office.region)
            self._plans[day] = plan_day(day, self.rules, self.exceptions, self.zone, holiday)
        return self._plans[day]

    def local_day(self, moment: datetime) -> date:
        """Return the office's calendar day of a moment."""
        return moment.astimezone(self.zone).date()

    def bounds(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Return the moments at which the first day begins and the last one ends."""
        return instant(first, 0, self.zone), instant(last, 1440, self.zone, closing=True)

    def window_of(self, start: datetime, duration: timedelta) -> Window | None:
        """Return the opening in which a whole visit lies, on the grid or not."""
        day = self.local_day(start)
        return next((w for w in self.plan(day).windows if w.holds(start, duration)), None)

    def slots(self, day: date, duration: timedelta, occupied: Sequence[Occupied]) -> Iterator[Slot]:
        """Yield every slot of the day, the full ones too."""
        for window in self.plan(day).windows:
            near = [seat for seat in occupied if seat.start < window.closes and window.opens < seat.end]
            for start in window.starts(duration):
                end = start + duration
                taken = len(seats_taken(near, start, end)) if near else 0
                yield Slot(self.office, start, end, window.capacity, max(window.capacity - taken, 0))


def occupied(
    seats: Iterable[TakenSeat], office_id: UUID, now: datetime, *, holder: str | None = None
) -> list[Occupied]:
    """Return what is really taken at an office: without expired holds, nor those of `holder` themselves."""
    return [
        Occupied(seat.seat_no, seat.start, seat.end)
        for seat in seats
        if seat.office_id == office_id
        and not seat.expired(now)
        and not (holder is not None and seat.appointment_id is None and seat.holder == holder)
    ]


def calendars(
    offices: Sequence[Office], rules: Sequence[OpeningRule], exceptions: Sequence[OpeningException]
) -> list[OfficeCalendar]:
    """Return each office's calendar from the rows of all of them."""
    return [
        OfficeCalendar(
            office,
            [
                WeeklyRule(r.weekday, r.opens, r.closes, r.capacity, r.step, r.valid_from, r.valid_until)
                for r in rules
                if r.office_id == office.id
            ],
            [
                DayException(
                    ExceptionKind(e.kind), e.first_day, e.last_day, e.opens, e.closes, e.capacity, e.step, e.reason
                )
                for e in exceptions
                if e.office_id in {None, office.id}
            ],
        )
        for office in offices
    ]

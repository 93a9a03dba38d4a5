"""The business-day clock of a complaint. Pure functions; nothing here reads the time or a store."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

DEFAULT_ZONE = "America/Santiago"
DEFAULT_CUTOFF = time(17, 0)
_DAY = timedelta(days=1)


@lru_cache(maxsize=256)
def legal_holidays(year: int, region: str | None) -> frozenset[date]:
    """Return Chile's legal holidays of a year; `region` is an ISO 3166-2:CL suffix such as `MA`, or None."""
    return frozenset(holidays.country_holidays("CL", subdiv=region, years=year))


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """An office's working days (Ley 19.880 art. 25: neither Saturdays, Sundays nor holidays count).

    `cutoff` is local time: what comes in later counts as of the next business day. `closed_days` are the
    municipality's own.
    """

    zone: ZoneInfo
    region: str | None = None
    cutoff: time = DEFAULT_CUTOFF
    closed_days: frozenset[date] = frozenset()

    def is_business_day(self, day: date) -> bool:
        """Whether `day` counts."""
        return day.weekday() < 5 and day not in self.closed_days and day not in legal_holidays(day.year, self.region)

    def on_or_after(self, day: date) -> date:
        """Return `day`, or the first business day after it."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def add(self, day: date, count: int) -> date:
        """Return the `count`-th business day after `day` (art. 25: terms run from the day after)."""
        for _ in range(count):
            day = self.on_or_after(day + _DAY)
        return day

    def between(self, start: date, end: date) -> int:
        """Return how many business days lie after `start`, up to and including `end`; 0 where `end` is earlier."""
        count = 0
        while start < end:
            start += _DAY
            count += self.is_business_day(start)
        return count

    def local_day(self, moment: datetime) -> date:
        """Return the calendar day of an aware moment in the office's zone."""
        return moment.astimezone(self.zone).date()

    def entry_day(self, moment: datetime) -> date:
        """Return the business day as of which something that came in at `moment` counts."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if self.is_business_day(day) and local.time() > self.cutoff:
            day += _DAY
        return self.on_or_after(day)

    def end_of(self, day: date) -> datetime:
        """Return the moment in UTC at which `day` is over: the next local midnight."""
        return datetime.combine(day + _DAY, time(), tzinfo=self.zone).astimezone(UTC)


class ClockState(StrEnum):
    """Whether a complaint's term is running."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A complaint's term: `days` business days after `entry_day`, longer by every pause."""

    state: ClockState
    days: int
    entry_day: date
    due_date: date
    paused_since: datetime | None = None
    overdue_since: datetime | None = None


def start(calendar: BusinessCalendar, moment: datetime, days: int) -> Deadline:
    """Start a term of `days` business days with what came in at `moment`."""
    entry = calendar.entry_day(moment)
    return Deadline(ClockState.RUNNING, days, entry, calendar.add(entry, days))


def pause(deadline: Deadline, moment: datetime) -> Deadline:
    """Stop counting while the office waits for the citizen; without effect unless it runs."""
    if deadline.state is not ClockState.RUNNING:
        return deadline
    return replace(deadline, state=ClockState.PAUSED, paused_since=moment)


def resume(calendar: BusinessCalendar, deadline: Deadline, moment: datetime) -> Deadline:
    """Count again: the term grows by the business days of the pause; without effect unless it is paused.

    Both ends of a pause follow the cutoff as entries do, so a pause within one business day costs nothing. A term that
    had not passed before the pause has not passed after it: it lasts at least for the business day of the return.
    """
    if deadline.state is not ClockState.PAUSED or deadline.paused_since is None:
        return deadline
    back = calendar.entry_day(moment)
    due = calendar.add(deadline.due_date, calendar.between(calendar.entry_day(deadline.paused_since), back))
    if calendar.end_of(deadline.due_date) > deadline.paused_since:
        due = max(due, back)
    still_late = deadline.overdue_since is not None and calendar.end_of(due) <= moment
    return replace(
        deadline,
        state=ClockState.RUNNING,
        due_date=due,
        paused_since=None,
        overdue_since=deadline.overdue_since if still_late else None,
    )


def stop(calendar: BusinessCalendar, deadline: Deadline, moment: datetime) -> Deadline:
    """End the term, as an end state was reached; a pause still counts up to here."""
    return replace(resume(calendar, deadline, moment), state=ClockState.STOPPED)


def is_overdue(calendar: BusinessCalendar, deadline: Deadline, moment: datetime) -> bool:
    """Whether the due date is over and the term still runs."""
    return deadline.state is ClockState.RUNNING and calendar.end_of(deadline.due_date) <= moment

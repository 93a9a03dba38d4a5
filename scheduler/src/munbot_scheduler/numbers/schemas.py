"""Shapes of the agenda's numbers."""

from datetime import date
from typing import Self
from uuid import UUID

from munbot_scheduler.numbers.repository import Count
from munbot_scheduler.schemas import Answer


class Tally(Answer):
    """How appointments stand. `appointments` are all but the cancelled ones; `unnoted` are over and nobody said how."""

    appointments: int = 0
    booked: int = 0
    confirmed: int = 0
    attended: int = 0
    no_show: int = 0
    cancelled: int = 0
    unnoted: int = 0

    def add(self, count: Count) -> None:
        """Add some appointments of one state."""
        setattr(self, count.status, getattr(self, count.status) + count.number)
        if count.status != "cancelled":
            self.appointments += count.number
        self.unnoted += count.unnoted


class DayTally(Tally):
    """The appointments of a local day; `made` were booked on it, whenever they take place."""

    date: date
    made: int = 0


class NamedTally(Tally):
    """The appointments of one procedure or office."""

    id: UUID
    name: str


class ChannelCount(Answer):
    """How many of them were booked over one channel."""

    channel: str
    appointments: int


class Totals(Tally):
    """All of the days together. `no_show_rate` is of those whose end is known, null when there are none."""

    made: int = 0
    no_show_rate: float | None = None

    def rated(self) -> Self:
        """Set the share of people who did not come."""
        known = self.attended + self.no_show
        self.no_show_rate = round(self.no_show / known, 4) if known else None
        return self


class NumbersOut(Answer):
    """The agenda between two local days, both included."""

    first: date
    last: date
    timezone: str
    totals: Totals
    days: list[DayTally]
    procedures: list[NamedTally]
    offices: list[NamedTally]
    channels: list[ChannelCount]

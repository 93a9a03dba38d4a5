"""Putting the counts together."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from munbot_scheduler.availability.rules import days_between
from munbot_scheduler.catalogue import repository as catalogue
from munbot_scheduler.numbers import repository
from munbot_scheduler.numbers.repository import Count, Scope
from munbot_scheduler.numbers.schemas import ChannelCount, DayTally, NamedTally, NumbersOut, Totals


def local_range(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the moments at which the first local day begins and the last one ends."""
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def numbers(session: Session, scope: Scope, first: date, last: date, now: datetime) -> NumbersOut:
    """Return what the agenda amounts to between two local days, both included."""
    found = repository.counts(session, scope, now)
    made = repository.made(session, scope)
    totals = Totals(made=sum(made.values()))
    days = {day: DayTally(date=day, made=made.get(day, 0)) for day in days_between(first, last)}
    channels: dict[str, int] = {}
    for count in found:
        totals.add(count)
        days[count.day].add(count)
        if count.status != "cancelled":
            channels[count.channel] = channels.get(count.channel, 0) + count.number
    procedures = {row.id: row.name for row in catalogue.procedures(session, scope.tenant, inactive=True)}
    offices = {row.id: row.name for row in catalogue.offices(session, scope.tenant, inactive=True)}
    return NumbersOut(
        first=first,
        last=last,
        timezone=scope.timezone,
        totals=totals.rated(),
        days=list(days.values()),
        procedures=_named(found, procedures, lambda count: count.procedure_id),
        offices=_named(found, offices, lambda count: count.office_id),
        channels=[
            ChannelCount(channel=name, appointments=number)
            for name, number in sorted(channels.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
    )


def _named(found: Iterable[Count], names: Mapping[UUID, str], key: Callable[[Count], UUID]) -> list[NamedTally]:
    tallies: dict[UUID, NamedTally] = {}
    for count in found:
        identifier = key(count)
        tally = tallies.setdefault(identifier, NamedTally(id=identifier, name=names[identifier]))
        tally.add(count)
    return sorted(tallies.values(), key=lambda tally: (-tally.appointments, tally.name))

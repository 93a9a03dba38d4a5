"""Figures over years, for officials: how many of each kind in each day, month or year of the municipality."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from munbot_datalake.questions.engine import Questions

Group = Literal["day", "month", "year"]

COUNTED = {
    "messages": "message_received",
    "conversations": "conversation_opened",
    "handoffs": "conversation_handoff_requested",
    "appointments_booked": "appointment_booked",
    "appointments_cancelled": "appointment_cancelled",
    "appointments_attended": "appointment_attended",
    "appointments_missed": "appointment_no_show",
    "complaints": "complaint_created",
    "complaints_overdue": "complaint_overdue",
}
"""Figures that count a kind of event, by the view that has it."""
RESOLVED = "complaints_resolved"
FIGURES = (*COUNTED, RESOLVED)

_EACH = " UNION ALL ".join(f"SELECT '{name}' AS figure, time FROM {view}" for name, view in COUNTED.items())  # noqa: S608
_SQL = f"""
    SELECT figure, CAST(date_trunc($group, time AT TIME ZONE $zone) AS DATE) AS period, count(*)
    FROM (
        {_EACH}
        UNION ALL SELECT '{RESOLVED}', time FROM complaint_status_changed WHERE status = 'resolved'
    )
    WHERE time >= $from AND time < $until
    GROUP BY figure, period
"""  # noqa: S608 - names of our own; values are parameters


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month or year by its first day, and its figures."""

    start: date
    figures: dict[str, int]


def figures(questions: Questions, *, tenant: str, first: date, last: date, group: Group, zone: str) -> list[Period]:
    """Return the figures of every period between two days, both counted in, oldest first; empty periods too.

    Args:
        questions: answers.
        tenant: whose.
        first: of the days.
        last: of the days.
        group: how long a period is.
        zone: in whose days, by its IANA name.
    """
    start = _begins(first, zone)
    until = _begins(last + timedelta(days=1), zone)
    given = {"group": group, "zone": zone, "from": start, "until": until}
    answer = questions.ask(_SQL, tenant=tenant, since=start.date(), parameters=given)
    counted: dict[date, dict[str, int]] = {}
    for figure, period, count in answer.rows:
        counted.setdefault(date.fromisoformat(period), {})[figure] = count
    return [
        Period(day, {name: counted.get(day, {}).get(name, 0) for name in FIGURES})
        for day in periods(first, last, group)
    ]


_STEP = {"day": timedelta(days=1), "month": timedelta(days=32), "year": timedelta(days=367)}
"""From the first day of a period into the next one."""


def periods(first: date, last: date, group: Group) -> Sequence[date]:
    """Return the first day of each period that holds a day of the range."""
    found = []
    day = _floor(first, group)
    while day <= last:
        found.append(day)
        day = _floor(
            day + {"day": timedelta(days=1), "month": timedelta(days=32), "year": timedelta(days=367)}[group], group
        )
    return found


def _floor(day: date, group: Group) -> date:
    if group == "day":
        return day
    return day.replace(day=1) if group == "month" else day.replace(month=1, day=1)


def _begins(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)

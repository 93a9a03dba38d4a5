"""When people answer: weekly hours in the office's zone, without Chilean holidays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from munbot_conversations.texts import texts

LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Opening:
    """One stretch of a week: weekday (0 = Monday) and local times, `opens` before `closes`."""

    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Attention:
    """Whether people answer now, and when they next do (UTC); `opens_at` is None while open or never."""

    open_now: bool
    opens_at: datetime | None


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))


def is_holiday(day: date, country: str | None) -> bool:
    """Tell whether `day` is a public holiday of `country` (ISO 3166 code, None for no holidays)."""
    return country is not None and day in _holidays(country, day.year)


def attention(openings: Sequence[Opening], zone: str, at: datetime, holiday_country: str | None = None) -> Attention:
    """Return whether people answer at `at`, and otherwise when they next do within 30 days.

    Args:
        openings: the week.
        zone: IANA name; local times that a clock change skips move as `datetime.astimezone` moves them.
        at: the moment, aware.
        holiday_country: country whose holidays are closed.
    """
    tz = ZoneInfo(zone)
    today = at.astimezone(tz).date()
    opens_at: datetime | None = None
    for offset in range(-1, LOOK_AHEAD_DAYS):
        day = today + timedelta(days=offset)
        if is_holiday(day, holiday_country):
            continue
        for opening in sorted(openings, key=lambda item: item.opens):
            if opening.weekday != day.weekday():
                continue
            starts = datetime.combine(day, opening.opens, tz).astimezone(UTC)
            ends = datetime.combine(day, opening.closes, tz).astimezone(UTC)
            if starts <= at < ends:
                return Attention(open_now=True, opens_at=None)
            if starts > at and opens_at is None:
                opens_at = starts
        if opens_at is not None and offset >= 0:
            break
    return Attention(open_now=False, opens_at=opens_at)


def parse_openings(raw: Sequence[dict[str, object]]) -> list[Opening]:
    """Return the openings of a tenant's stored JSON `[{weekday, opens, closes}]`."""
    return [
        Opening(
            weekday=int(str(item["weekday"])),
            opens=time.fromisoformat(str(item["opens"])),
            closes=time.fromisoformat(str(item["closes"])),
        )
        for item in raw
    ]


def hours_text(openings: Sequence[Opening]) -> str:
    """Return the week as people write it: "lunes a viernes de 8:30 a 14:00 hrs."."""
    words = texts()
    by_hours: dict[tuple[time, time], list[int]] = {}
    for opening in sorted(openings, key=lambda item: (item.weekday, item.opens)):
        by_hours.setdefault((opening.opens, opening.closes), []).append(opening.weekday)
    if not by_hours:
        return str(words["hours_none"])
    entries = [
        words["hours_entry"].format(days=_days(sorted(set(days))), opens=_clock(opens), closes=_clock(closes))
        for (opens, closes), days in by_hours.items()
    ]
    return "; ".join(entry.rstrip(".") for entry in entries) + "."


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02d}"


def _days(days: list[int]) -> str:
    words = texts()
    names: list[str] = words["weekdays"]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return str(words["hours_range"].format(first=names[days[0]], last=names[days[-1]]))
    if len(days) == 1:
        return names[days[0]]
    return ", ".join(names[day] for day in days[:-1]) + str(words["hours_and"]) + names[days[-1]]

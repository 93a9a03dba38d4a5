"""Calendar arithmetic behind the grammar; pure functions of dates."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from munbot_actions.spanish_dates.model import DateRange

RECENTLY = timedelta(days=90)
FARTHEST_DAYS = 3 * 366


def make_date(year: int, month: int, day: int) -> date | None:
    """Build a date, or None when the calendar has none or the year is out of the ordinary."""
    if not 1900 <= year <= 2199:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def next_weekday(today: date, weekday: int) -> date:
    """Give the first such weekday after today (0 is Monday); today's own name means next week."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def week_of(today: date, weeks_ahead: int = 0) -> DateRange:
    """Give Monday and Sunday of a week."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks_ahead)
    return monday, monday + timedelta(days=6)


def month_of(today: date, months_ahead: int = 0) -> DateRange:
    """Give the first and last day of a month counted from today's."""
    index = today.year * 12 + today.month - 1 + months_ahead
    return month_span(index // 12, index % 12 + 1)


def month_span(year: int, month: int) -> DateRange:
    """Give the first and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def coming_month(today: date, month: int) -> DateRange:
    """Give the named month: the running one, or the next with that name."""
    return month_span(today.year + (month < today.month), month)


def add_months(today: date, months: int) -> date:
    """Step months ahead, keeping the day or the last one the month has."""
    first, last = month_of(today, months)
    return first.replace(day=min(today.day, last.day))


def next_month_day(today: date, day: int) -> date | None:
    """Give the first day of that number from today on, skipping months that lack it."""
    for months in range(13):
        first, last = month_of(today, months)
        if day <= last.day and (candidate := first.replace(day=day)) >= today:
            return candidate
    return None


def day_and_month(today: date, day: int, month: int) -> date | None:
    """Place a day without a year: just past (90 days) stays past, else its next coming."""
    this_year = make_date(today.year, month, day)
    if this_year is not None and this_year >= today - RECENTLY:
        last_year = make_date(today.year - 1, month, day)
        early = last_year is not None and this_year > today and last_year >= today - RECENTLY
        return last_year if early else this_year
    if this_year is None and month >= today.month:
        return None
    return make_date(today.year + 1, month, day)


def two_digit_year(year: int) -> int:
    """Read «26» as 2026."""
    return year + 2000 if year < 100 else year


def from_today(span: DateRange, today: date) -> DateRange:
    """Cut what is over off a span that still runs."""
    first, last = span
    return (max(first, today), last) if last >= today else span

"""The business-day clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_complaints.deadlines import rules
from munbot_complaints.deadlines.rules import BusinessCalendar, ClockState

SANTIAGO = ZoneInfo("America/Santiago")
CALENDAR = BusinessCalendar(SANTIAGO)
FAR_SOUTH = BusinessCalendar(ZoneInfo("America/Punta_Arenas"), region="MA")

# hypothesis wants bounds without a zone and adds it
moments = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
calendars = st.sampled_from([CALENDAR, FAR_SOUTH])


def local(year, month, day, hour=10, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=SANTIAGO)


@pytest.mark.parametrize(
    ("moment", "entry", "due"),
    [
        (local(2026, 11, 23, 10), "2026-11-23", "2026-11-30"),
        (local(2026, 11, 23, 17, 0), "2026-11-23", "2026-11-30"),
        (local(2026, 11, 23, 17, 1), "2026-11-24", "2026-12-01"),
        (local(2026, 11, 27, 18), "2026-11-30", "2026-12-07"),  # Friday evening counts as Monday
        (local(2026, 11, 28, 9), "2026-11-30", "2026-12-07"),  # Saturday
        (local(2026, 12, 1, 9), "2026-12-01", "2026-12-09"),  # over the 8th, a holiday
        (local(2026, 12, 8, 9), "2026-12-09", "2026-12-16"),  # on a holiday
        (local(2026, 9, 17, 16), "2026-09-17", "2026-09-25"),  # over 18 and 19 September
        (local(2026, 12, 31, 20), "2027-01-04", "2027-01-11"),  # into the next year
    ],
)
def test_a_term_of_five_business_days(moment, entry, due):
    term = rules.start(CALENDAR, moment, 5)
    assert (term.entry_day.isoformat(), term.due_date.isoformat()) == (entry, due)


def test_the_office_zone_decides_the_day():
    late = datetime(2026, 7, 1, 1, 30, tzinfo=UTC)  # 21:30 of 30 June in Santiago, 22:30 in Punta Arenas
    assert CALENDAR.local_day(late) == date(2026, 6, 30)
    seventeen_thirty = datetime(2026, 7, 1, 20, 30, tzinfo=UTC)  # 16:30 in Santiago, 17:30 in Punta Arenas
    assert CALENDAR.entry_day(seventeen_thirty) == date(2026, 7, 1)
    assert FAR_SOUTH.entry_day(seventeen_thirty) == date(2026, 7, 2)


def test_own_closed_days_do_not_count():
    closed = BusinessCalendar(SANTIAGO, closed_days=frozenset({date(2026, 11, 25)}))
    assert rules.start(closed, local(2026, 11, 23), 2).due_date == date(2026, 11, 26)


def test_the_last_day_ends_at_midnight_also_when_clocks_change():
    for year in range(2024, 2030):
        day = date(year, 1, 1)
        while day.year == year:
            end = CALENDAR.end_of(day)
            assert CALENDAR.local_day(end - timedelta(seconds=1)) == day
            assert CALENDAR.local_day(end) == day + timedelta(days=1)
            day += timedelta(days=1)


def test_a_pause_costs_its_business_days():
    term = rules.start(CALENDAR, local(2026, 11, 23), 5)
    paused = rules.pause(term, local(2026, 11, 24))
    assert rules.resume(CALENDAR, paused, local(2026, 11, 24, 12)).due_date == date(2026, 11, 30)
    assert rules.resume(CALENDAR, paused, local(2026, 11, 24, 17, 30)).due_date == date(2026, 12, 1)
    assert rules.resume(CALENDAR, paused, local(2026, 11, 29)).due_date == date(2026, 12, 4)  # Sunday counts as Monday


def test_a_pause_on_the_last_evening_leaves_the_day_of_the_return():
    term = rules.start(CALENDAR, local(2025, 2, 3), 1)
    paused = rules.pause(term, local(2025, 2, 4, 18))  # after the cutoff of its last day
    saturday = local(2025, 3, 15, 21)
    resumed = rules.resume(CALENDAR, paused, saturday)
    assert resumed.due_date == date(2025, 3, 17)
    assert not rules.is_overdue(CALENDAR, resumed, saturday)


@given(calendars, moments, st.integers(1, 60))
def test_due_days_are_business_days_in_the_right_number(calendar, moment, days):
    term = rules.start(calendar, moment, days)
    assert calendar.is_business_day(term.entry_day)
    assert calendar.is_business_day(term.due_date)
    assert calendar.between(term.entry_day, term.due_date) == days
    assert term.entry_day >= calendar.local_day(moment)


@given(calendars, moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.integers(1, 20))
def test_entering_later_is_never_due_earlier(calendar, moment, later, days):
    assert rules.start(calendar, moment, days).due_date <= rules.start(calendar, moment + later, days).due_date


@given(
    calendars,
    moments,
    st.integers(1, 20),
    st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=4, max_size=4),
)
def test_pauses_only_ever_lengthen_and_add_up(calendar, moment, days, gaps):
    term = rules.start(calendar, moment, days)
    a = moment + gaps[0]
    b = a + gaps[1]
    c = b + gaps[2]
    once = rules.resume(calendar, rules.pause(term, a), c)
    twice = rules.resume(calendar, rules.pause(rules.resume(calendar, rules.pause(term, a), b), b), c)
    assert once.due_date == twice.due_date >= term.due_date
    assert calendar.is_business_day(once.due_date)
    if calendar.local_day(a) <= term.due_date:
        assert not rules.is_overdue(calendar, once, c)


@given(calendars, moments, st.integers(1, 20))
def test_overdue_begins_when_the_last_day_is_over(calendar, moment, days):
    term = rules.start(calendar, moment, days)
    end = datetime.combine(term.due_date + timedelta(days=1), time(), tzinfo=calendar.zone)
    assert not rules.is_overdue(calendar, term, end - timedelta(seconds=1))
    assert rules.is_overdue(calendar, term, end)
    assert not rules.is_overdue(calendar, rules.pause(term, moment), end)
    stopped = rules.stop(calendar, term, moment)
    assert stopped.state is ClockState.STOPPED
    assert not rules.is_overdue(calendar, stopped, end)

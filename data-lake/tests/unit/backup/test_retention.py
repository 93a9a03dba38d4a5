"""Which backups stay, and when the next is due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_datalake.backup.retention import FRESH, kept, last_due

CHILE = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
COUNTS = {"daily": 7, "weekly": 4, "monthly": 6}


def nights(count):
    return [NOW - timedelta(days=days, hours=6) for days in range(count)]


def test_a_year_of_nights_leaves_days_weeks_and_months():
    stay = kept(nights(365), NOW, CHILE, **COUNTS)
    local = [moment.astimezone(CHILE) for moment in sorted(stay, reverse=True)]
    assert [moment.date() for moment in local[:7]] == [(NOW - timedelta(days=days)).date() for days in range(7)]
    assert len({moment.isocalendar()[:2] for moment in local}) >= 4
    assert len({(moment.year, moment.month) for moment in local}) == 6
    assert len(stay) <= 7 + 4 + 6


def test_what_was_saved_before_an_upgrade_is_not_pushed_out_by_the_next():
    moments = [NOW - timedelta(hours=hours) for hours in (1, 2, 3, 40)]
    assert kept(moments, NOW, CHILE, daily=1, weekly=0, monthly=0) == set(moments)


def test_of_an_old_day_the_last_stays():
    day = datetime(2026, 10, 1, 15, tzinfo=UTC)
    moments = [day, day + timedelta(hours=2), NOW]
    assert kept(moments, NOW, CHILE, **COUNTS) == {day + timedelta(hours=2), NOW}


@given(
    moments=st.sets(st.integers(1, 1000 * 24).map(lambda hours: NOW - timedelta(hours=hours)), max_size=60),
    daily=st.integers(1, 10),
    weekly=st.integers(0, 6),
    monthly=st.integers(0, 8),
)
def test_the_newest_stays_and_nothing_is_made_up(moments, daily, weekly, monthly):
    stay = kept(moments, NOW, CHILE, daily=daily, weekly=weekly, monthly=monthly)
    assert stay <= moments
    assert (max(moments) in stay) if moments else not stay
    assert {moment for moment in moments if NOW - moment < FRESH} <= stay
    assert len([moment for moment in stay if NOW - moment >= FRESH]) <= daily + weekly + monthly
    # Tidying twice removes nothing more.
    assert kept(stay, NOW, CHILE, daily=daily, weekly=weekly, monthly=monthly) == stay


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 21, 5, 59, tzinfo=UTC), datetime(2026, 11, 20, 6, tzinfo=UTC)),  # summer: UTC-3
        (datetime(2026, 11, 21, 6, 0, tzinfo=UTC), datetime(2026, 11, 21, 6, tzinfo=UTC)),
        (datetime(2026, 7, 21, 6, 59, tzinfo=UTC), datetime(2026, 7, 20, 7, tzinfo=UTC)),  # winter: UTC-4
        (datetime(2026, 7, 21, 23, 0, tzinfo=UTC), datetime(2026, 7, 21, 7, tzinfo=UTC)),
    ],
)
def test_three_in_the_morning_is_the_municipalitys(now, due):
    assert last_due(now, time(3), CHILE) == due

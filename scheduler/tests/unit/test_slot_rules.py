from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_scheduler.availability.rules import (
    Closure,
    DayException,
    ExceptionKind,
    Occupied,
    TimeOfDay,
    WeeklyRule,
    candidate_seats,
    instant,
    plan_day,
    seats_taken,
)

SANTIAGO = ZoneInfo("America/Santiago")
PUNTA_ARENAS = ZoneInfo("America/Punta_Arenas")
TUESDAY = date(2026, 11, 24)
HALF_HOUR = timedelta(minutes=30)
AUTUMN = date(2026, 4, 4)  # Saturday; at 24:00 the clock goes back to 23:00
SPRING = date(2026, 9, 6)  # Sunday; at 00:00 the clock jumps to 01:00


def week(opens, closes, capacity=1, step=15, **validity):
    return [WeeklyRule(day, opens * 60, closes * 60, capacity, step, **validity) for day in range(7)]


def starts(plan, duration=HALF_HOUR, zone=SANTIAGO):
    return [s.astimezone(zone) for window in plan.windows for s in window.starts(duration)]


def labels(plan, **kwargs):
    return [f"{s:%H:%M}" for s in starts(plan, **kwargs)]


def test_a_morning_on_a_quarter_hour_grid_has_10_15_and_ends_in_time():
    found = labels(plan_day(TUESDAY, week(8, 14), [], SANTIAGO, None))
    assert "10:15" in found
    assert found[0] == "08:00"
    assert found[-1] == "13:30"


def test_a_holiday_closes_and_says_its_name():
    plan = plan_day(date(2026, 12, 25), week(8, 14), [], SANTIAGO, "Navidad")
    assert (plan.windows, plan.closure, plan.reason) == ((), Closure.HOLIDAY, "Navidad")


def test_an_extra_opening_counts_even_on_a_holiday():
    extra = DayException(ExceptionKind.OPEN, TUESDAY, TUESDAY, 600, 660, capacity=4)
    plan = plan_day(TUESDAY, week(8, 14), [extra], SANTIAGO, "Feriado")
    assert labels(plan) == ["10:00", "10:15", "10:30"]
    assert plan.windows[0].capacity == 4


def test_an_extra_opening_replaces_the_rule_beneath_it():
    extra = DayException(ExceptionKind.OPEN, TUESDAY, TUESDAY, 600, 660, capacity=4)
    plan = plan_day(TUESDAY, week(9, 12), [extra], SANTIAGO, None)
    assert [window.capacity for window in plan.windows] == [1, 4, 1]


def test_a_closure_of_part_of_the_day_keeps_the_grid():
    closure = DayException(ExceptionKind.CLOSED, TUESDAY, TUESDAY, 9 * 60, 10 * 60 + 5)
    assert labels(plan_day(TUESDAY, week(8, 11), [closure], SANTIAGO, None)) == [
        "08:00",
        "08:15",
        "08:30",
        "10:15",
        "10:30",
    ]


def test_a_closure_beats_an_extra_opening_and_gives_its_reason():
    exceptions = [
        DayException(ExceptionKind.CLOSED, TUESDAY, TUESDAY, reason="Aniversario comunal"),
        DayException(ExceptionKind.OPEN, TUESDAY, TUESDAY, 600, 660),
    ]
    plan = plan_day(TUESDAY, week(8, 14), exceptions, SANTIAGO, None)
    assert (plan.closure, plan.reason) == (Closure.CLOSED, "Aniversario comunal")


def test_validity_includes_both_ends():
    rules = week(8, 9, valid_from=TUESDAY, valid_until=TUESDAY)
    assert labels(plan_day(TUESDAY, rules, [], SANTIAGO, None))
    for other in (TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)):
        assert not plan_day(other, rules, [], SANTIAGO, None).windows


def test_tzdata_knows_the_chilean_changes_of_2026():
    assert datetime(2026, 4, 4, 12, tzinfo=SANTIAGO).utcoffset() == timedelta(hours=-3)
    assert datetime(2026, 4, 5, 12, tzinfo=SANTIAGO).utcoffset() == timedelta(hours=-4)
    assert datetime(2026, 9, 5, 12, tzinfo=SANTIAGO).utcoffset() == timedelta(hours=-4)
    assert datetime(2026, 9, 6, 12, tzinfo=SANTIAGO).utcoffset() == timedelta(hours=-3)
    for day in (AUTUMN, SPRING):
        assert datetime.combine(day, time(12), PUNTA_ARENAS).utcoffset() == timedelta(hours=-3)


def test_the_hour_that_happens_twice_is_offered_twice_without_overlap():
    found = starts(plan_day(AUTUMN, week(22, 24), [], SANTIAGO, None))
    assert [f"{s:%H:%M%z}" for s in found] == [
        "22:00-0300", "22:15-0300", "22:30-0300", "22:45-0300",
        "23:00-0300", "23:15-0300", "23:30-0300", "23:45-0300",
        "23:00-0400", "23:15-0400", "23:30-0400",
    ]  # fmt: skip


def test_two_rules_that_meet_inside_the_double_hour_do_not_overlap():
    rules = [WeeklyRule(5, 22 * 60, 23 * 60 + 30, 1), WeeklyRule(5, 23 * 60 + 30, 24 * 60, 2)]
    plan = plan_day(AUTUMN, rules, [], SANTIAGO, None)
    assert all(a.closes <= b.opens for a, b in pairwise(plan.windows))
    assert plan.windows[-1].closes - plan.windows[0].opens == timedelta(hours=3)


def test_the_hour_that_does_not_exist_is_not_offered():
    found = labels(plan_day(SPRING, week(0, 2), [], SANTIAGO, None))
    assert found == ["01:00", "01:15", "01:30"]


def test_an_opening_wholly_inside_the_missing_hour_is_none():
    rules = [WeeklyRule(6, 10, 50, 1)]
    assert plan_day(SPRING, rules, [], SANTIAGO, None).windows == ()


@pytest.mark.parametrize("day", [AUTUMN, SPRING, AUTUMN + timedelta(days=1), SPRING - timedelta(days=1)])
def test_punta_arenas_keeps_its_clock(day):
    found = starts(plan_day(day, week(0, 24), [], PUNTA_ARENAS, None), zone=PUNTA_ARENAS)
    assert len(found) == 24 * 4 - 1
    assert {s.utcoffset() for s in found} == {timedelta(hours=-3)}


@pytest.mark.parametrize(("day", "hours"), [(AUTUMN, 25), (SPRING, 23), (TUESDAY, 24)])
def test_a_whole_day_has_its_real_length(day, hours):
    assert instant(day, 1440, SANTIAGO, closing=True) - instant(day, 0, SANTIAGO) == timedelta(hours=hours)


@given(
    day=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    opens=st.integers(0, 1435),
    length=st.integers(5, 1440),
    step=st.sampled_from([5, 10, 15, 20, 30, 45, 60]),
    duration=st.integers(5, 120),
    zone=st.sampled_from([SANTIAGO, PUNTA_ARENAS, ZoneInfo("Pacific/Easter")]),
    gap=st.tuples(st.integers(0, 1439), st.integers(1, 300)),
)
def test_every_slot_lies_inside_its_opening_on_the_grid_in_order(day, opens, length, step, duration, zone, gap):
    closes = min(opens + length, 1440)
    rules = [WeeklyRule(day.weekday(), opens, closes, 1, step)]
    closure = DayException(ExceptionKind.CLOSED, day, day, gap[0], min(gap[0] + gap[1], 1440))
    plan = plan_day(day, rules, [closure], zone, None)
    length_ = timedelta(minutes=duration)
    found = [s for window in plan.windows for s in window.starts(length_)]
    assert found == sorted(set(found))
    assert all(a.closes <= b.opens for a, b in pairwise(plan.windows))
    for start in found:
        homes = [window for window in plan.windows if window.holds(start, length_)]
        assert len(homes) == 1
        assert homes[0].on_grid(start)
        local = start.astimezone(zone)
        assert opens <= local.hour * 60 + local.minute or local.date() > day
        assert local.astimezone(UTC) == start


@given(
    capacity=st.integers(1, 6),
    taken=st.sets(st.integers(1, 9), max_size=9),
    racers=st.lists(st.integers(0, 5), max_size=12),
)
def test_racing_bookings_that_saw_the_same_state_stay_within_the_capacity(capacity, taken, racers):
    seats = candidate_seats(capacity, taken)
    won = {seats[choice % len(seats)] for choice in racers} if seats else set()
    assert not won & taken
    assert len(won | taken) <= max(capacity, len(taken))


def test_seats_that_only_touch_are_free():
    ten = datetime(2026, 11, 24, 10, tzinfo=UTC)
    occupied = [Occupied(1, ten, ten + HALF_HOUR), Occupied(2, ten + HALF_HOUR, ten + 2 * HALF_HOUR)]
    assert seats_taken(occupied, ten + HALF_HOUR, ten + 2 * HALF_HOUR) == {2}
    assert seats_taken(occupied, ten - HALF_HOUR, ten) == set()


def test_the_afternoon_begins_at_noon():
    assert TimeOfDay.MORNING.contains(time(11, 59))
    assert TimeOfDay.AFTERNOON.contains(time(12))
    assert not TimeOfDay.MORNING.contains(time(12))
    assert TimeOfDay.ANY.contains(time(3))

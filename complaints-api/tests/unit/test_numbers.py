"""Counting."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from munbot_complaints.numbers import rules
from munbot_complaints.numbers.rules import Case

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
minutes = st.integers(0, 30 * 24 * 60 - 1)
moments = minutes.map(lambda minute: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=minute))


@st.composite
def cases(draw):
    created = draw(moments)
    settled = draw(st.none() | moments.map(lambda moment: max(moment, created)))
    return Case(created, settled, draw(st.booleans()), draw(st.sampled_from("abc")), "unit")


@given(st.lists(cases(), max_size=30))
def test_nothing_is_lost_between_the_days(found):
    days = rules.per_day(found, FIRST, LAST)
    assert [day for day, _, _ in days] == [FIRST + timedelta(days=number) for number in range(30)]
    assert sum(came for _, came, _ in days) == len(found)
    assert sum(went for _, _, went in days) == sum(case.settled_at is not None for case in found)
    share, typical = rules.on_time(found), rules.median_days(found)
    assert (share is None) == (typical is None) == all(case.settled_at is None for case in found)
    assert share is None or 0 <= share <= 1
    assert typical is None or 0 <= typical <= 30


def test_the_most_frequent_first_then_by_name():
    assert rules.ranked(["b", "a", "c", "a", "b"]) == [("a", 2), ("b", 2), ("c", 1)]

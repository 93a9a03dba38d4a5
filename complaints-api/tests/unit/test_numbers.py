"""Counting."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from munbot_complaints.deadlines.rules import BusinessCalendar
from munbot_complaints.numbers import rules
from munbot_complaints.numbers.rules import Case
from munbot_complaints.numbers.service import NumbersService

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


class SlowStore:
    """Counts how often it is asked; each time takes as long as it is told."""

    def __init__(self, seconds):
        self.seconds, self.now, self.asked = seconds, 1000.0, []

    def cases(self, tenant, start, end, zone):
        self.asked.append((tenant, start, end))
        time.sleep(0.05)
        self.now += self.seconds
        return iter(())

    def by_status(self, tenant, now):
        return {"received": len(self.asked)}

    def overdue(self, tenant, now):
        return 0


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALENDAR = BusinessCalendar(zone=ZoneInfo("America/Santiago"))


def office(seconds):
    store = SlowStore(seconds)
    service = NumbersService(store, lambda: NOON, timer=lambda: store.now)
    return store, lambda tenant="valle-claro", last=LAST: service.read(tenant, CALENDAR, FIRST, last).open_now


def test_what_took_long_is_told_again_for_ten_times_as_long():
    store, read = office(seconds=8)
    assert [read(), read()] == [1, 1]
    assert [read("punta-brava"), read(last=LAST - timedelta(days=1))] == [2, 3]
    assert (store.asked[0][1], store.asked[0][2]) == (
        datetime(2026, 11, 1, 3, tzinfo=UTC),
        datetime(2026, 12, 1, 3, tzinfo=UTC),
    )
    store.now = 1008 + 79
    assert read() == 1
    store.now = 1008 + 80
    assert read() == 4


def test_kept_numbers_say_when_they_were_counted():
    store = SlowStore(seconds=8)
    service = NumbersService(store, lambda: NOON + timedelta(seconds=store.now), timer=lambda: store.now)
    began = store.now
    for elapsed, counted in ((0, 0), (50, 0), (88, 88)):
        store.now = began + elapsed
        seen = service.read("valle-claro", CALENDAR, FIRST, LAST)
        assert seen.counted_at == NOON + timedelta(seconds=began + counted)


def test_what_is_quick_is_counted_each_time():
    _, read = office(seconds=1)
    assert [read(), read(), read()] == [1, 2, 3]


def test_ten_who_ask_at_once_are_one_question():
    store, read = office(seconds=8)
    with ThreadPoolExecutor(10) as pool:
        assert {future.result() for future in [pool.submit(read) for _ in range(10)]} == {1}
    assert len(store.asked) == 1

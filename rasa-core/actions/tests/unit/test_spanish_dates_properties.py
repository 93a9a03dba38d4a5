"""What holds for every text and every day, and the offsets that callers cut out."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from munbot_actions.spanish_dates import WeekdayMismatch, parse, say_date, say_range, say_time, say_time_range, scanner
from munbot_actions.spanish_dates.text import canonical

SANTIAGO = ZoneInfo("America/Santiago")
NOW = datetime(2026, 11, 23, 9, tzinfo=SANTIAGO)
moments = st.datetimes(
    datetime(2024, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    datetime(2032, 12, 31),  # noqa: DTZ001
    timezones=st.just(SANTIAGO),
)
SPOKEN = (
    "el la de a las no mañana lunes martes 24 10 31 de noviembre 10:15 15.30 en tarde semana próxima o y , . : / - hrs"
    " pasado antes después media cuarto para entre 3 días hace última junio 15.482.903-2 1° pal x tipo mejor"
)
words = st.sampled_from(SPOKEN.split())
like_speech = st.lists(words, max_size=14).map(" ".join)
WEEKDAY_NAMES = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
MONTH_NAMES = MONTHS.split()


@given(st.one_of(st.text(max_size=200), like_speech), moments)
def test_no_text_raises_and_spans_lie_inside(text: str, now: datetime) -> None:
    reading = parse(text, now)
    end_before = 0
    for start, end in reading.spans:
        assert end_before <= start < end <= len(text)
        end_before = end
    assert reading.without_spans(text) == " ".join(reading.without_spans(text).split())


@given(like_speech, moments)
def test_what_is_read_never_lies_in_the_past(text: str, now: datetime) -> None:
    reading = parse(text, now)
    for one in (reading, *reading.alternatives):
        assert one.date is None or one.date >= now.date()
        if one.date_range:
            assert now.date() <= one.date_range[1]
            assert one.date_range[0] <= one.date_range[1]
        if one.time_range:
            assert one.time_range[0] < one.time_range[1]


@given(like_speech, moments)
def test_case_spaces_and_accents_change_nothing(text: str, now: datetime) -> None:
    expected = parse(text, now)
    for other in (
        text.upper(),
        "  " + text.replace(" ", "   ") + " ",
        text.translate(str.maketrans("áéíóúÁÉ", "aeiouAE")),
    ):
        reading = parse(other, now)
        assert (reading.date, reading.time, reading.date_range, reading.part_of_day, reading.choice) == (
            expected.date, expected.time, expected.date_range, expected.part_of_day, expected.choice,
        )  # fmt: skip


@given(moments, st.integers(0, 330))
def test_said_dates_are_read_again(now: datetime, ahead: int) -> None:
    day = now.date() + timedelta(days=ahead)
    full = f"{WEEKDAY_NAMES[day.weekday()]} {day.day} de {MONTH_NAMES[day.month - 1]} de {day.year}"
    for text in (
        say_date(day, now),
        full,
        f"el {full}",
        day.isoformat(),
        f"{day:%d/%m/%Y}",
        f"{day:%d-%m-%y}",
        f"{day:%d.%m.%Y}",
    ):
        reading = parse(text, now)
        assert reading.date == day or (ahead >= 270 and text == say_date(day, now)), text
    if ahead <= 270:
        assert parse(f"{day:%d/%m}", now).date == day
        assert parse(f"{day.day} de {MONTH_NAMES[day.month - 1]}", now).date == day
    assert parse(f"en {ahead} días", now).date == day


@given(moments, st.integers(1, 7))
def test_a_weekday_is_its_next_coming(now: datetime, ahead: int) -> None:
    day = now.date() + timedelta(days=ahead)
    name = WEEKDAY_NAMES[day.weekday()]
    assert parse(f"el {name}", now).date == day
    assert parse(f"el otro {name}", now).date == day + timedelta(days=7)
    assert parse(f"{name} {day.day}", now).date == day


@given(moments, st.integers(1, 20), st.integers(1, 6))
def test_a_wrong_weekday_is_told_with_both_candidates(now: datetime, ahead: int, shift: int) -> None:
    day = now.date() + timedelta(days=ahead)
    wrong = (day.weekday() + shift) % 7
    reading = parse(f"{WEEKDAY_NAMES[wrong]} {day.day} de {MONTH_NAMES[day.month - 1]}", now)
    assert reading.date is None
    (problem,) = reading.problems
    assert isinstance(problem, WeekdayMismatch)
    assert (problem.by_weekday.weekday(), problem.by_day) == (wrong, day)


@given(st.times())
def test_said_hours_are_read_again(at: time) -> None:
    at = at.replace(second=0, microsecond=0, hour=at.hour % 12 + 8)
    assert parse(f"mañana a las {say_time(at)}", NOW).time == at
    assert parse(f"mañana a las {at:%H:%M} hrs", NOW).time == at
    assert parse(f"mañana a las {at:%H%M} hrs", NOW).time == at


@given(st.integers(0, 100), st.integers(0, 40))
def test_said_spans_are_read_again(ahead: int, length: int) -> None:
    first = NOW.date() + timedelta(days=ahead)
    last = first + timedelta(days=length)
    reading = parse(say_range(first, last, NOW), NOW)
    assert (reading.date_range or (reading.date, reading.date)) == (first, last)


def test_sayings() -> None:
    assert say_date(date(2026, 11, 24), NOW) == "mañana martes 24 de noviembre"
    assert say_date(date(2026, 11, 23), NOW) == "hoy lunes 23 de noviembre"
    assert say_date(date(2027, 1, 4), NOW) == "lunes 4 de enero de 2027"
    assert (
        say_range(date(2026, 11, 30), date(2026, 12, 2), NOW)
        == "entre el lunes 30 de noviembre y el miércoles 2 de diciembre"
    )
    assert say_time(time(9, 5)) == "9:05"
    assert say_time_range(time(10), time(12, 30)) == "entre las 10:00 y las 12:30"


def test_spans_can_be_cut_out() -> None:
    text = "Marcela Soto, mañana  tipo 10 porfa"
    assert parse(text, NOW).without_spans(text) == "Marcela Soto, porfa"


def test_problems_quote_the_citizen() -> None:
    (problem,) = parse("¿Puede ser el 31 de JUNIO?", NOW).problems
    assert problem.text == "el 31 de JUNIO"


def test_naive_moments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        parse("mañana", datetime(2026, 11, 23))  # noqa: DTZ001


@pytest.mark.parametrize("zone", ["America/Santiago", "America/Punta_Arenas"])
@pytest.mark.parametrize("day", [date(2027, 4, 3), date(2027, 9, 4)])
def test_clock_changes_shift_no_hour(zone: str, day: date) -> None:
    now = datetime(day.year, day.month, day.day, 21, 30, tzinfo=ZoneInfo(zone))
    reading = parse("mañana a las 10:15", now)
    assert (reading.date, reading.time) == (day + timedelta(days=1), time(10, 15))


def test_work_grows_with_the_text_and_not_faster() -> None:
    """Count what the scanner walks: the line never grows, and one claim never multiplies."""
    short, long = "el lunes a las 10, ", "el lunes a las 10, " * 526
    assert len(canonical(long).text) <= len(long)
    found = scanner.Scanner(canonical(long).text, NOW).run()
    assert len(found) == 526 * len(scanner.Scanner(canonical(short).text, NOW).run())

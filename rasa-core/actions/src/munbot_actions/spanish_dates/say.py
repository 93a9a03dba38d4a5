"""Say days and hours back to a citizen, in words that the grammar reads again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre",
)  # fmt: skip


def say_date(day: date, now: datetime) -> str:
    """Say a day: «mañana martes 24 de noviembre»; the year only where it is not the running one."""
    today = now.date()
    lead = {today: "hoy ", today + timedelta(days=1): "mañana "}.get(day, "")
    year = f" de {day.year}" if day.year != today.year and not lead else ""
    return f"{lead}{WEEKDAYS[day.weekday()]} {day.day} de {MONTHS[day.month - 1]}{year}"


def say_time(at: time) -> str:
    """Say an hour on the 24-hour clock: «10:15»."""
    return f"{at.hour}:{at.minute:02d}"


def say_range(first: date, last: date, now: datetime) -> str:
    """Say a span of days: «entre el lunes 23 y el miércoles 25 de noviembre»."""
    if first == last:
        return say_date(first, now)
    year = f" de {last.year}" if last.year != now.date().year else ""
    month = "" if (first.month, first.year) == (last.month, last.year) else f" de {MONTHS[first.month - 1]}"
    return (
        f"entre el {WEEKDAYS[first.weekday()]} {first.day}{month} y el "
        f"{WEEKDAYS[last.weekday()]} {last.day} de {MONTHS[last.month - 1]}{year}"
    )


def say_time_range(first: time, last: time) -> str:
    """Say a span of hours: «entre las 10:00 y las 12:00»."""
    return f"entre las {say_time(first)} y las {say_time(last)}"

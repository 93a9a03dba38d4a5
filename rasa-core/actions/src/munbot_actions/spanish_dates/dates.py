"""Days of the calendar: «24/11», «2026-11-24», «24 de nov», «el 24», «el 10 del próximo mes»."""

from __future__ import annotations

import re
from datetime import datetime

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import Mention
from munbot_actions.spanish_dates.pieces import (
    DAY,
    END,
    MONTH,
    NOT_DAY,
    PREFIX,
    SHORT_WEEKDAY,
    START,
    WEEKDAY,
    Built,
    bounded,
    settle,
    table,
    weekday_said,
)
from munbot_actions.spanish_dates.times import PARTS
from munbot_actions.spanish_dates.vocabulary import MONTH_NUMBER

_YEAR = r"(?:[,/-]? ?(?:del? )?(?:ano )?(?P<y>(?:19|20|21)[0-9]{2})\b)?"
_FIRST_DAY = r"(?:(?P<first>primero|primer dia|1 ?(?:ro|ero|er)|1 ?[°º]|1 o)|(?P<d>[0-9]{1,2}|uno?))"
_WITH_WEEKDAY = rf"(?:\b(?P<wd>{WEEKDAY}|{SHORT_WEEKDAY})\b\.?,? ?(?:\b(?:el|dia)\b ?)?)?"


def _iso(match: re.Match[str], now: datetime) -> Built:
    found = days.make_date(int(match.group("y")), int(match.group("m")), int(match.group("d")))
    return settle(match, found, now)


def _numeric(match: re.Match[str], now: datetime) -> Built:
    day, month, year = int(match.group("d")), int(match.group("m")), match.groupdict().get("y")
    if year:
        return settle(match, days.make_date(days.two_digit_year(int(year)), month, day), now, weekday_said(match))
    if match.group("sep") == "-" and month > 12:
        return None
    return settle(match, days.day_and_month(now.date(), day, month), now, weekday_said(match))


def _day_of_month_name(match: re.Match[str], now: datetime) -> Built:
    groups = match.groupdict()
    day = 1 if groups.get("first") or groups["d"] in {"un", "uno"} else int(groups["d"])
    month = MONTH_NUMBER[groups["mon"]]
    year, today = groups.get("y"), now.date()
    found = days.make_date(int(year), month, day) if year else days.day_and_month(today, day, month)
    return settle(match, found, now, weekday_said(match))


def _day_of_month(match: re.Match[str], now: datetime) -> Built:
    day, which = int(match.group("d")), match.group("which")
    ahead = 1 if any(word in which for word in ("proximo", "otro", "que viene")) else 0
    first, _ = days.month_of(now.date(), ahead)
    return settle(match, days.make_date(first.year, first.month, day), now, weekday_said(match))


def _day_number(match: re.Match[str], now: datetime) -> Built:
    # «el primero» and «el uno» alone choose from a list; «para el primero» is a day.
    said_first = match.group("first") == "primero" and match.group().startswith(("el ", "al ", "del "))
    if match.group("d") in {"un", "uno"} or said_first:
        return None
    day = 1 if match.group("first") else int(match.group("d"))
    found = days.next_month_day(now.date(), day)
    return bounded(match, Mention(date=found, month_day=day)) if found else None


def _this_part(match: re.Match[str], now: datetime) -> Built:
    return Mention(date=now.date(), part=PARTS[match.group("part")])


FIRST_RULES = table(
    (r"\besta (?P<part>manana|tarde|noche)\b", _this_part),
    (
        (
            rf"{PREFIX}{START}\b(?P<y>(?:19|20|21)[0-9]{{2}})(?P<sep>[-/.])(?P<m>[0-9]{{1,2}})(?P=sep)"
            rf"(?P<d>[0-9]{{1,2}})(?:(?= ?t ?[0-9])|{END})"
        ),
        _iso,
    ),
    (
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{START}\b(?P<d>[0-9]{{1,2}}) ?(?P<sep>[-/.]) ?"
            rf"(?P<m>[0-9]{{1,2}}) ?(?P=sep) ?(?P<y>[0-9]{{4}}|[0-9]{{2}}){END}"
        ),
        _numeric,
    ),
    (rf"{PREFIX}{_WITH_WEEKDAY}{START}\b(?P<d>[0-9]{{1,2}}) ?(?P<sep>/) ?(?P<m>[0-9]{{1,2}}){END}", _numeric),
    (rf"{PREFIX}{_WITH_WEEKDAY}{START}\b(?P<d>[0-9]{{1,2}})(?P<sep>-)(?P<m>[0-9]{{1,2}}){END}", _numeric),
)
DOTTED_RULES = table(
    (rf"{PREFIX}{_WITH_WEEKDAY}{START}\b(?P<d>[0-9]{{1,2}})(?P<sep>\.)(?P<m>0?[1-9]|1[0-2]){END}", _numeric),
)
NAMED_RULES = table(
    # «24 o 25 de noviembre»: both are of November.
    (
        (
            rf"{PREFIX}{START}\b(?P<d>[0-9]{{1,2}})"
            rf"(?= (?:o|u|y) (?:el )?[0-9]{{1,2}} de (?P<mon>{MONTH})\b)"
        ),
        _day_of_month_name,
    ),
    (
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{START}\b{_FIRST_DAY} ?(?:de |del |/|-|\. ?)?(?:mes de )?"
            rf"(?P<mon>{MONTH})\b\.?{_YEAR}"
        ),
        _day_of_month_name,
    ),
    (
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{START}\b{DAY} (?:de|del) (?P<which>este mes|presente"
            r"|presente mes|mes en curso|(?:proximo|otro) mes|mes proximo|mes que viene|proximo)\b"
        ),
        _day_of_month,
    ),
    (rf"{PREFIX}{START}\b(?P<d>[0-9]{{1,2}}) del (?P<m>0?[1-9]|1[0-2])\b(?P<sep>)(?P<y>)?{END}", _numeric),
)
NUMBER_RULES = table(
    (
        (
            r"\b(?P<bound>despues de|antes de|a partir de|desde|hasta|a mas tardar)?(?P<ofthe>l)? ?"
            rf"(?:\b(?:para|en) )?(?:\b(?:el|al|del|dia)\b ){{1,3}}(?:proximo )?{_FIRST_DAY}{END}{NOT_DAY}(?!\w)"
        ),
        _day_number,
    ),
)

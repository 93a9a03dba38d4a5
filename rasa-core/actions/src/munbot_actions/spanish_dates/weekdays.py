"""Weekdays: «el viernes», «lunes 25», «el otro viernes», «viernes de la próxima semana», «del lunes en ocho»."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import Mention, PastDate
from munbot_actions.spanish_dates.pieces import (
    DAY,
    END,
    NEXT_WEEK,
    NOT_DAY,
    PREFIX,
    SHORT_WEEKDAY,
    WEEKDAY,
    Built,
    bounded,
    settle,
    table,
)
from munbot_actions.spanish_dates.vocabulary import WEEKDAY_NUMBER

_POST = (
    rf"(?:,? (?P<post>que viene|proximo|entrante|siguiente|subsiguiente|de (?:{NEXT_WEEK})|(?:{NEXT_WEEK})"
    r"|de (?:la )?semana subsiguiente|de la subsiguiente|de (?:la )?subsiguiente semana|de esta semana|esta semana)\b)?"
)
_PRE = r"(?:\b(?P<pre>proximos?|otro|siguiente|subsiguiente)\b ?)?(?:\bdia\b ?)?"


def _weekday_and_day(match: re.Match[str], now: datetime) -> Built:
    found = days.next_month_day(now.date(), int(match.group("d")))
    return settle(match, found, now, WEEKDAY_NUMBER[match.group("wd")])


def _past_weekday(match: re.Match[str], now: datetime) -> Built:
    last = days.next_weekday(now.date(), WEEKDAY_NUMBER[match.group("wd")]) - timedelta(weeks=1)
    if last == now.date():
        last -= timedelta(weeks=1)
    return Mention(problems=(PastDate(match.group().strip(), last),))


def _week_from(match: re.Match[str], now: datetime) -> Built:
    base = {"hoy": now.date(), "manana": now.date() + timedelta(days=1)}.get(match.group("base"))
    if base is None:
        base = days.next_weekday(now.date(), WEEKDAY_NUMBER[match.group("base")])
    return Mention(date=base + timedelta(weeks=2 if match.group("n") == "15" else 1))


def _weekday(match: re.Match[str], now: datetime) -> Built:
    groups = match.groupdict()
    weekday, today = WEEKDAY_NUMBER[groups["wd"]], now.date()
    said = f"{groups.get('pre') or ''} {groups.get('post') or ''}"
    if "esta semana" in said:
        return settle(match, days.week_of(today)[0] + timedelta(days=weekday), now)
    if "semana" in said:
        ahead = 2 if "subsiguiente" in said else 1
        return bounded(match, Mention(date=days.week_of(today, ahead)[0] + timedelta(days=weekday)))
    found = days.next_weekday(today, weekday)
    if "otro" in said or "subsiguiente" in said:
        return bounded(match, Mention(date=found + timedelta(weeks=1)))
    return bounded(match, Mention(date=found, weekday=weekday))


RULES = table(
    (
        (
            rf"{PREFIX}\b(?P<wd>{WEEKDAY}|{SHORT_WEEKDAY})\b\.?,? ?(?:\b(?:el|dia)\b ?)?"
            rf"{DAY}{END}{NOT_DAY}"
        ),
        _weekday_and_day,
    ),
    (rf"{PREFIX}{_PRE}\b(?P<wd>{WEEKDAY}) pasado\b(?! manana)", _past_weekday),
    (rf"\b(?:de|del) (?P<base>hoy|manana|{WEEKDAY}) en (?P<n>8|15)\b(?: dias)?", _week_from),
    (
        (
            rf"{PREFIX}(?P<pre>{NEXT_WEEK}|semana subsiguiente|esta semana),? (?:para |del? )?"
            rf"(?:el )?(?:dia )?(?P<wd>{WEEKDAY})\b"
        ),
        _weekday,
    ),
    (rf"{PREFIX}{_PRE}\b(?P<wd>{WEEKDAY})\b{_POST}", _weekday),
    (rf"(?:\b(?:para|de|del|en|a)\b )?\b(?:el|este) (?P<wd>{SHORT_WEEKDAY})\b\.?", _weekday),
    (rf"^\W{{0,3}}(?P<wd>{SHORT_WEEKDAY})\b\.?(?=\W{{0,3}}$)", _weekday),
)

"""Days counted from today: «mañana», «en 3 días», «una semana más», «en media hora», «ayer»."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import Clock, Mention, PastDate
from munbot_actions.spanish_dates.pieces import PREFIX, Build, Built, bounded, table

_IN = r"(?:\b(?:para|en|dentro de|de aqui a|de hoy a|de aca a|a)\b )"
_COUNTS = {"un": 1, "una": 1, "uno": 1, "par de": 2, "un par de": 2}


def _relative_day(offset: int) -> Build:
    return lambda match, now: bounded(match, Mention(date=now.date() + timedelta(days=offset)))


def _past_day(offset: int) -> Build:
    return lambda match, now: Mention(problems=(PastDate(match.group().strip(), now.date() - timedelta(days=offset)),))


def _count(word: str) -> int:
    return _COUNTS.get(word) or int(word)


def _in_units(match: re.Match[str], now: datetime) -> Built:
    number, unit = _count(match.group("n")), match.group("unit")
    if unit.startswith("mes"):
        return Mention(date=days.add_months(now.date(), number)) if number <= 36 else None
    offset = number * 7 if unit.startswith("semana") else number
    return Mention(date=now.date() + timedelta(days=offset)) if offset <= days.FARTHEST_DAYS else None


def _in_hours(match: re.Match[str], now: datetime) -> Built:
    minutes = 30 if match.group("n") == "media" else _count(match.group("n")) * 60
    if minutes > 72 * 60:
        return None
    then = now + timedelta(minutes=minutes)
    return Mention(date=then.date(), clock=Clock(then.hour, then.minute), relation="after")


RULES = table(
    (rf"{_IN}(?P<n>[0-9]{{1,3}}|una?|un par de|par de) (?P<unit>dias?|semanas?|mes|meses)\b(?: mas\b)?", _in_units),
    (r"\b(?P<n>[0-9]{1,3}|una?|un par de) (?P<unit>dias?|semanas?|mes|meses) mas\b(?: tarde)?", _in_units),
    (r"\b(?:en|dentro de) (?P<n>[0-9]{1,2}|una|media) (?:horas?|hrs)\b(?: mas\b)?", _in_hours),
    (rf"{PREFIX}\bpasado manana\b", _relative_day(2)),
    (rf"{PREFIX}\bmanana\b(?: mismo\b)?", _relative_day(1)),
    (rf"{PREFIX}\bhoy(?: ?dia)?\b(?: mismo\b)?", _relative_day(0)),
    (r"(?:^\W{0,3}|\b(?:para|el) |, )pasado\b(?=\W{0,3}$| (?:en|a|por|tipo|como|si|mejor)\b)", _relative_day(2)),
    (r"\b(?:de )?(?:antes de ayer|anteayer)\b", _past_day(2)),
    (r"\b(?:de )?ayer\b", _past_day(1)),
)

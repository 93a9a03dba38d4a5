"""What the tables of days share: prefixes, ends, and how a named day becomes a mention."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Literal

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import ImpossibleDate, Mention, PastDate, WeekdayMismatch
from munbot_actions.spanish_dates.vocabulary import MONTH_NUMBER, SHORT_WEEKDAYS, WEEKDAY_NUMBER, WEEKDAYS

Built = Mention | None
Build = Callable[[re.Match[str], datetime], Built]
Rule = tuple[re.Pattern[str], Build]
Bound = Literal["from", "after", "until", "before"]

_BOUNDS: dict[str, Bound] = {
    "despues": "after",
    "antes": "before",
    "desde": "from",
    "partir": "from",
    "hasta": "until",
    "tardar": "until",
}
PREFIX = (
    r"(?:\b(?P<bound>despues de|despues|antes de|antes|a partir de|desde|hasta|a mas tardar)(?P<ofthe>l)? ?)?"
    r"(?:\b(?:para|del|de|en|al|a|por)\b ?)?(?:\b(?:el|la|los|las|este|ese|lo)\b ?)?(?:\bdias?\b ?)?"
)
WEEKDAY = "|".join(WEEKDAYS)
SHORT_WEEKDAY = "|".join(SHORT_WEEKDAYS)
MONTH = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
DAY = r"(?P<d>[0-9]{1,2})(?: ?(?:°|o|ro|ero|er)\b|°)?"
END = r"(?![0-9/:]|[.,-][0-9])"
START = r"(?<![0-9/:.,$#+-])"
NOT_DAY = r"(?! ?(?:[%°º]|hrs|horas?|am\b|pm\b|[ap]\.m|y media|y cuarto|opcion|mil|lucas|pesos))"
NEXT_WEEK = (
    r"(?:la )?(?:proxim[oa] semana|semana proxim[oa]|otra semana|semana que viene|semana siguiente|siguiente semana"
    r"|semana entrante)"
)


def table(*rules: tuple[str, Build]) -> tuple[Rule, ...]:
    """Compile a table of rules."""
    return tuple((re.compile(pattern), build) for pattern, build in rules)


def bounded(match: re.Match[str], mention: Mention) -> Mention:
    """Add «desde», «hasta», «antes de», «después de» to a day."""
    word = match.groupdict().get("bound")
    if not word or mention.date is None:
        return mention
    bound = next((name for key, name in _BOUNDS.items() if key in word), None)
    return Mention(date=mention.date, bound=bound, weekday=mention.weekday, problems=mention.problems)


def settle(match: re.Match[str], found: date | None, now: datetime, weekday: int | None = None) -> Mention:
    """Turn a day that was named outright into a mention, with what is wrong about it."""
    text = match.group().strip(" ,")
    if found is None:
        return Mention(problems=(ImpossibleDate(text),))
    if weekday is not None and found.weekday() != weekday:
        return Mention(problems=(WeekdayMismatch(text, days.next_weekday(now.date(), weekday), found),))
    if found < now.date():
        return Mention(problems=(PastDate(text, found),))
    return bounded(match, Mention(date=found))


def weekday_said(match: re.Match[str]) -> int | None:
    """Give the weekday named beside a day."""
    word = match.groupdict().get("wd")
    return WEEKDAY_NUMBER[word] if word else None

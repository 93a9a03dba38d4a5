"""Single days: «pasado mañana», «el viernes de la próxima semana», «24/11», «lunes 25», «en 3 días»."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import (
    Clock,
    ImpossibleDate,
    Mention,
    PastDate,
    WeekdayMismatch,
)
from munbot_actions.spanish_dates.vocabulary import (
    MONTH_NUMBER,
    SHORT_WEEKDAYS,
    WEEKDAY_NUMBER,
    WEEKDAYS,
)

Built = Mention | None
Build = Callable[[re.Match[str], datetime], Built]

_BOUNDS = {
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
_SHORT_WEEKDAY = "|".join(SHORT_WEEKDAYS)
MONTH = "|".join(sorted(MONTH_NUMBER, key=len, reverse=True))
_YEAR = r"(?:,? ?(?:del? )?(?:ano )?(?P<y>(?:19|20|21)[0-9]{2})\b)?"
_DAY = r"(?P<d>[0-9]{1,2})(?: ?(?:°|o|ro|ero|er)\b|°)?"
_END = r"(?![0-9/:]|[.,-][0-9])"
_START = r"(?<![0-9/:.,$#+-])"
_NEXT_WEEK = r"(?:la )?(?:proxima semana|semana proxima|otra semana|semana que viene|semana siguiente|siguiente semana|semana entrante)"


def _bounded(match: re.Match[str], mention: Mention) -> Mention:
    word = match.groupdict().get("bound")
    if not word or mention.date is None:
        return mention
    bound = next((name for key, name in _BOUNDS.items() if key in word), None)
    return Mention(date=mention.date, bound=bound, weekday=mention.weekday, problems=mention.problems)  # type: ignore[arg-type]


def _settle(match: re.Match[str], found: date | None, now: datetime, weekday: int | None = None) -> Mention:
    """Turn a day that was named outright into a mention, with what is wrong about it."""
    text = match.group().strip(" ,")
    if found is None:
        return Mention(problems=(ImpossibleDate(text),))
    if weekday is not None and found.weekday() != weekday:
        by_weekday = days.next_weekday(now.date(), weekday)
        return Mention(problems=(WeekdayMismatch(text, by_weekday, found),))
    if found < now.date():
        return Mention(problems=(PastDate(text, found),))
    return _bounded(match, Mention(date=found))


def _weekday_said(match: re.Match[str]) -> int | None:
    word = match.groupdict().get("wd")
    return WEEKDAY_NUMBER[word] if word else None


def _iso(match: re.Match[str], now: datetime) -> Built:
    found = days.make_date(int(match.group("y")), int(match.group("m")), int(match.group("d")))
    return _settle(match, found, now)


def _numeric(match: re.Match[str], now: datetime) -> Built:
    day, month, year = int(match.group("d")), int(match.group("m")), match.groupdict().get("y")
    if year:
        return _settle(match, days.make_date(days.two_digit_year(int(year)), month, day), now, _weekday_said(match))
    if match.group("sep") == "-" and month > 12:
        return None
    found = days.day_and_month(now.date(), day, month)
    return _settle(match, found, now, _weekday_said(match))


def _day_of_month_name(match: re.Match[str], now: datetime) -> Built:
    groups = match.groupdict()
    day = 1 if groups.get("first") or groups["d"] in {"un", "uno"} else int(groups["d"])
    month = MONTH_NUMBER[groups["mon"]]
    if groups["y"]:
        found = days.make_date(int(groups["y"]), month, day)
    else:
        found = days.day_and_month(now.date(), day, month)
    return _settle(match, found, now, _weekday_said(match))


def _day_of_month(match: re.Match[str], now: datetime) -> Built:
    day, which = int(match.group("d")), match.group("which")
    first, last = days.month_of(now.date(), 1 if which and ("prox" in which or "que viene" in which) else 0)
    return _settle(match, days.make_date(first.year, first.month, day), now, _weekday_said(match))


def _weekday_and_day(match: re.Match[str], now: datetime) -> Built:
    day, weekday = int(match.group("d")), WEEKDAY_NUMBER[match.group("wd")]
    found = days.next_month_day(now.date(), day)
    return _settle(match, found, now, weekday)


def _day_number(match: re.Match[str], now: datetime) -> Built:
    day = 1 if match.group("first") else int(match.group("d"))
    found = days.next_month_day(now.date(), day)
    if found is None:
        return None
    return _bounded(match, Mention(date=found, month_day=day))


def _relative_day(offset: int) -> Build:
    return lambda match, now: _bounded(match, Mention(date=now.date() + timedelta(days=offset)))


def _past_day(offset: int) -> Build:
    return lambda match, now: Mention(problems=(PastDate(match.group().strip(), now.date() - timedelta(days=offset)),))


def _past_weekday(match: re.Match[str], now: datetime) -> Built:
    coming = days.next_weekday(now.date(), WEEKDAY_NUMBER[match.group("wd")])
    return Mention(
        problems=(
            PastDate(match.group().strip(), coming - timedelta(weeks=1 + (coming - timedelta(weeks=1) >= now.date()))),
        )
    )


def _count(word: str) -> int:
    return {"un": 1, "una": 1, "uno": 1, "par de": 2, "un par de": 2}.get(word) or int(word)


def _in_units(match: re.Match[str], now: datetime) -> Built:
    number, unit = _count(match.group("n")), match.group("unit")
    if unit.startswith("mes"):
        found = days.add_months(now.date(), number) if number <= 36 else None
    else:
        offset = number * 7 if unit.startswith("semana") else number
        found = now.date() + timedelta(days=offset) if offset <= days.FARTHEST_DAYS else None
    return Mention(date=found) if found else None


def _in_hours(match: re.Match[str], now: datetime) -> Built:
    minutes = 30 if match.group("n") == "media" else _count(match.group("n")) * 60
    if minutes > 72 * 60:
        return None
    then = now + timedelta(minutes=minutes)
    return Mention(date=then.date(), clock=Clock(then.hour, then.minute), relation="after")


def _week_from(match: re.Match[str], now: datetime) -> Built:
    base = {"hoy": now.date(), "manana": now.date() + timedelta(days=1)}.get(match.group("base"))
    if base is None:
        base = days.next_weekday(now.date(), WEEKDAY_NUMBER[match.group("base")])
    return Mention(date=base + timedelta(days=14 if match.group("n") == "15" else 7))


def _weekday(match: re.Match[str], now: datetime) -> Built:
    groups = match.groupdict()
    weekday = WEEKDAY_NUMBER[groups["wd"]]
    said = f"{groups.get('pre') or ''} {groups.get('post') or ''}"
    today = now.date()
    if "esta semana" in said:
        found = days.week_of(today)[0] + timedelta(days=weekday)
        return _settle(match, found, now)
    if "semana" in said:
        ahead = 2 if "subsiguiente" in said or "en 2" in said else 1
        return _bounded(match, Mention(date=days.week_of(today, ahead)[0] + timedelta(days=weekday)))
    found = days.next_weekday(today, weekday)
    if "otro" in said or "subsiguiente" in said:
        found += timedelta(weeks=1)
        return _bounded(match, Mention(date=found))
    return _bounded(match, Mention(date=found, weekday=weekday))


_IN = r"(?:\b(?:para|en|dentro de|de aqui a|de hoy a|de aca a|a)\b )"
_POST = (
    rf"(?:,? (?P<post>que viene|proximo|entrante|siguiente|subsiguiente|de (?:{_NEXT_WEEK})|(?:{_NEXT_WEEK})"
    r"|de (?:la )?semana subsiguiente|de la subsiguiente|de (?:la )?subsiguiente semana|de esta semana|esta semana)\b)?"
)
_PRE = r"(?:\b(?P<pre>proximos?|otro|siguiente|subsiguiente)\b ?)?(?:\bdia\b ?)?"
_FIRST_DAY = r"(?:(?P<first>primero|primer dia|1 ?(?:ro|ero|er)|1 ?[°º]|1 o)|(?P<d>[0-9]{1,2}|uno?))"
_WITH_WEEKDAY = rf"(?:\b(?P<wd>{WEEKDAY}|{_SHORT_WEEKDAY})\b\.?,? ?(?:\b(?:el|dia)\b ?)?)?"
_NOT_DAY = r"(?! ?(?:[%°º]|hrs|horas?|am\b|pm\b|[ap]\.m|y media|y cuarto|opcion|mil|lucas|pesos))"

NUMERIC_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            rf"{PREFIX}{_START}\b(?P<y>(?:19|20|21)[0-9]{{2}})(?P<sep>[-/.])(?P<m>[0-9]{{1,2}})(?P=sep)(?P<d>[0-9]{{1,2}})(?:(?= ?t ?[0-9])|{_END})",
            _iso,
        ),
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b(?P<d>[0-9]{{1,2}}) ?(?P<sep>[-/.]) ?(?P<m>[0-9]{{1,2}}) ?(?P=sep) ?(?P<y>[0-9]{{4}}|[0-9]{{2}}){_END}",
            _numeric,
        ),
        (rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b(?P<d>[0-9]{{1,2}}) ?(?P<sep>/) ?(?P<m>[0-9]{{1,2}}){_END}", _numeric),
        (rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b(?P<d>[0-9]{{1,2}})(?P<sep>-)(?P<m>[0-9]{{1,2}}){_END}", _numeric),
    )
)
DOTTED_RULES: tuple[tuple[re.Pattern[str], Build], ...] = (
    (
        re.compile(rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b(?P<d>[0-9]{{1,2}})(?P<sep>\.)(?P<m>0?[1-9]|1[0-2]){_END}"),
        _numeric,
    ),
)

NAMED_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b{_FIRST_DAY} ?(?:de |del |/|-|\. ?)?(?:mes de )?(?P<mon>{MONTH})\b\.?{_YEAR}",
            _day_of_month_name,
        ),
        (
            rf"{PREFIX}{_WITH_WEEKDAY}{_START}\b{_DAY} (?:de|del) (?P<which>este mes|presente|presente mes|mes en curso|(?:proximo|otro) mes|mes proximo|mes que viene|proximo)\b",
            _day_of_month,
        ),
        (rf"{PREFIX}{_START}\b(?P<d>[0-9]{{1,2}}) del (?P<m>0?[1-9]|1[0-2])\b(?P<sep>)(?P<y>)?{_END}", _numeric),
        (
            rf"{PREFIX}\b(?P<wd>{WEEKDAY}|{_SHORT_WEEKDAY})\b\.?,? ?(?:\b(?:el|dia)\b ?)?{_DAY}{_END}{_NOT_DAY}",
            _weekday_and_day,
        ),
        (rf"{PREFIX}{_PRE}\b(?P<wd>{WEEKDAY}) pasado\b", _past_weekday),
        (rf"\b(?:de|del) (?P<base>hoy|manana|{WEEKDAY}) en (?P<n>8|15)\b(?: dias)?", _week_from),
        (rf"{_IN}(?P<n>[0-9]{{1,3}}|una?|un par de|par de) (?P<unit>dias?|semanas?|mes|meses)\b(?: mas\b)?", _in_units),
        (r"\b(?P<n>[0-9]{1,3}|una?|un par de) (?P<unit>dias?|semanas?|mes|meses) mas\b(?: tarde)?", _in_units),
        (r"\b(?:en|dentro de) (?P<n>[0-9]{1,2}|una|media) (?:horas?|hrs)\b(?: mas\b)?", _in_hours),
        (
            rf"{PREFIX}(?P<pre>{_NEXT_WEEK}|semana subsiguiente|esta semana),? (?:para |del? )?(?:el )?(?:dia )?(?P<wd>{WEEKDAY})\b",
            _weekday,
        ),
        (rf"{PREFIX}{_PRE}\b(?P<wd>{WEEKDAY})\b{_POST}", _weekday),
        (rf"(?:\b(?:para|de|del|en|a)\b )?\b(?:el|este) (?P<wd>{_SHORT_WEEKDAY})\b\.?", _weekday),
        (r"^\W{0,3}(?P<wd>lun|mar|mie|mier|jue|vie|vier|sab|dom)\b\.?(?=\W{0,3}$)", _weekday),
        (rf"{PREFIX}\bpasado manana\b", _relative_day(2)),
        (rf"{PREFIX}(?<!la )(?<!las )(?<!esta )\bmanana\b(?: mismo\b)?", _relative_day(1)),
        (rf"{PREFIX}\b(?:hoy(?: ?dia)?(?: mismo\b)?|hoy en (?:el|la) dia)\b", _relative_day(0)),
        (r"(?:^\W{0,3}|\b(?:para|el) )pasado\b(?=\W{0,3}$| (?:en|a|por|tipo|como) )", _relative_day(2)),
        (r"\b(?:de )?(?:antes de ayer|anteayer)\b", _past_day(2)),
        (r"\b(?:de )?ayer\b", _past_day(1)),
        (
            rf"\b(?P<bound>despues de|antes de|a partir de|desde|hasta|a mas tardar)?(?P<ofthe>l)? ?(?:\b(?:para|en) )?(?:\b(?:el|al|del|dia)\b ){{1,3}}{_FIRST_DAY}{_END}{_NOT_DAY}(?!\w)",
            _day_number,
        ),
        (
            r"(?P<bound>)(?P<ofthe>)(?P<d>(?!))?\b(?:el |para el )?(?P<first>primero)(?= de(?:l mes| este mes| mes)\b)",
            _day_number,
        ),
    )
)

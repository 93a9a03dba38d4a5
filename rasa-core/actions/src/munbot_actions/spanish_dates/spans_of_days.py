"""Spans of days: «la próxima semana», «a fines de mes», «entre lunes y miércoles», «del 24 al 26»."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from munbot_actions.spanish_dates import days
from munbot_actions.spanish_dates.model import DateRange, ImpossibleDate, Mention, PastDate
from munbot_actions.spanish_dates.pieces import MONTH, WEEKDAY, Build, Built, table
from munbot_actions.spanish_dates.vocabulary import MONTH_NUMBER, MONTHS, WEEKDAY_NUMBER

_LONG_MONTH = "|".join(MONTHS)
_NAMED_MONTH = (
    rf"(?P<which>{_LONG_MONTH}|este mes|mes|(?:el |del )?(?:proximo|otro) mes|(?:el "
    r"|del )?mes que viene)"
)
_ORDINALS = {"primera": 0, "segunda": 1, "tercera": 2, "cuarta": 3}
LONGEST = timedelta(days=93)


def _whole(span: DateRange, now: datetime) -> Built:
    return Mention(date_range=days.from_today(span, now.date()))


def _weeks(ahead: int) -> Build:
    return lambda _match, now: _whole(days.week_of(now.date(), ahead), now)


def _months(ahead: int) -> Build:
    return lambda _match, now: _whole(days.month_of(now.date(), ahead), now)


def _weekend(match: re.Match[str], now: datetime) -> Built:
    said = match.group()
    running = now.weekday() >= 5 and any(word in said for word in ("proximo", "que viene"))
    ahead = 1 if running or "otro" in said or "siguiente" in said else 0
    saturday = days.week_of(now.date(), ahead)[0] + timedelta(days=5)
    return _whole((saturday, saturday + timedelta(days=1)), now)


def _month(match: re.Match[str], now: datetime) -> DateRange:
    word = match.group("which")
    if word in MONTH_NUMBER:
        return days.coming_month(now.date(), MONTH_NUMBER[word])
    return days.month_of(now.date(), 0 if word in {"mes", "este mes"} else 1)


def _named_month(match: re.Match[str], now: datetime) -> Built:
    year = match.group("y")
    if not year:
        return _whole(_month(match, now), now)
    span = days.month_span(int(year), MONTH_NUMBER[match.group("which")])
    if span[1] < now.date():
        return Mention(problems=(PastDate(match.group().strip(), span[1]),))
    return _whole(span, now)


def _part_of_month(match: re.Match[str], now: datetime) -> Built:
    first, last = _month(match, now)
    said = match.group("where")
    if said.startswith("fin"):
        span = last - timedelta(days=6), last
    elif said.startswith("med"):
        span = first.replace(day=11), first.replace(day=20)
    elif "segunda" in said or "ultima" in said:
        span = first.replace(day=16), last
    elif "quincena" in said:
        span = first, first.replace(day=15)
    else:
        span = first, first.replace(day=10)
    if span[1] < now.date() and match.group("which") in {"mes", "este mes"}:
        return (
            Mention(problems=(PastDate(match.group().strip(), span[1]),))
            if "este" in match.group()
            else _next_part(match, now)
        )
    return _whole(span, now)


def _next_part(match: re.Match[str], now: datetime) -> Built:
    later = datetime.combine(days.month_of(now.date(), 1)[0], now.timetz())
    return _part_of_month(match, later)


def _week_of_month(match: re.Match[str], now: datetime) -> Built:
    first, last = _month(match, now)
    if match.group("nth") == "ultima":
        monday = last - timedelta(days=last.weekday())
        return _whole((monday, last), now)
    monday = first - timedelta(days=first.weekday()) + timedelta(weeks=_ORDINALS[match.group("nth")])
    return _whole((max(monday, first), monday + timedelta(days=6)), now)


def _between_weekdays(match: re.Match[str], now: datetime) -> Built:
    first = days.next_weekday(now.date(), WEEKDAY_NUMBER[match.group("wd")])
    last_weekday = WEEKDAY_NUMBER[match.group("wd2")]
    last = first + timedelta(days=(last_weekday - first.weekday()) % 7)
    said = match.group("week") or ""
    if said:
        monday = days.week_of(now.date(), 0 if "esta" in said else 1)[0]
        first, last = monday + timedelta(days=first.weekday()), monday + timedelta(days=last.weekday())
        if last < first:
            return None
    return _whole((first, last), now)


def _between_days(match: re.Match[str], now: datetime) -> Built:
    groups = match.groupdict()
    month2 = groups["mon2"] or groups["mon"]
    month1 = groups["mon"] or month2
    last = _end(now.date(), int(groups["d2"]), month2, groups.get("y"))
    first = _end(now.date(), int(groups["d"]), month1, groups.get("y"))
    if first is None or last is None:
        return Mention(problems=(ImpossibleDate(match.group().strip()),))
    if last < first:
        last = days.next_month_day(first, int(groups["d2"])) or last if month2 is None else last
        first = days.make_date(first.year - 1, first.month, first.day) or first if groups.get("y") else first
    if last < now.date():
        return Mention(problems=(PastDate(match.group().strip(), last),))
    return _whole((first, last), now) if first <= last <= first + LONGEST else None


def _end(today: date, day: int, month: str | None, year: str | None) -> date | None:
    if month is None:
        return days.next_month_day(today, day)
    number = MONTH_NUMBER[month]
    return days.make_date(int(year), number, day) if year else days.day_and_month(today, day, number)


_LEAD = r"(?:\b(?:para|en|de|a|por|durante)\b )?(?:\b(?:la|el|lo que queda de|toda)\b )?"
_MONTH_1 = rf"(?: de (?P<mon>{MONTH})\b)?"
_MONTH_2 = rf"(?: de (?P<mon2>{MONTH})\b(?: del? (?P<y>20[0-9]{{2}})\b)?)?"
_MAYBE_WEEKDAY = rf"(?:(?:{WEEKDAY}) )?"
_WEEK_TAIL = r"(?:,? (?:de )?(?P<week>esta semana|la proxim[oa] semana|la otra semana|la semana que viene))?"

BETWEEN_RULES = table(
    (
        (
            rf"\bentre (?:el |los )?(?P<wd>{WEEKDAY}) (?:y|a|o|hasta) (?:el )?"
            rf"(?P<wd2>{WEEKDAY})\b{_WEEK_TAIL}"
        ),
        _between_weekdays,
    ),
    (
        (
            rf"\b(?:de|desde|del)(?: el)? (?P<wd>{WEEKDAY}) (?:a|al|hasta)(?: el)? "
            rf"(?P<wd2>{WEEKDAY})\b{_WEEK_TAIL}"
        ),
        _between_weekdays,
    ),
    (rf"\b(?P<wd>{WEEKDAY}) a (?P<wd2>{WEEKDAY})\b{_WEEK_TAIL}", _between_weekdays),
    (
        (
            rf"\bentre (?:el|los dias) {_MAYBE_WEEKDAY}(?P<d>[0-9]{{1,2}}){_MONTH_1} (?:y|al) (?:el )?"
            rf"{_MAYBE_WEEKDAY}(?P<d2>[0-9]{{1,2}})\b(?![:/.][0-9]){_MONTH_2}"
        ),
        _between_days,
    ),
    (
        (
            rf"\bentre (?P<d>[0-9]{{1,2}})(?P<mon>(?!))? y (?:el )?(?P<d2>[0-9]{{1,2}}) de "
            rf"(?P<mon2>{MONTH})\b"
        ),
        _between_days,
    ),
    (
        (
            rf"\b(?:del|desde el) {_MAYBE_WEEKDAY}(?P<d>[0-9]{{1,2}}){_MONTH_1} (?:al|hasta el) "
            rf"{_MAYBE_WEEKDAY}(?P<d2>[0-9]{{1,2}})\b(?![:/.][0-9]){_MONTH_2}"
        ),
        _between_days,
    ),
)
RULES = table(
    (
        rf"{_LEAD}\b(?P<nth>primera|segunda|tercera|cuarta|ultima) semana (?:de|del) {_NAMED_MONTH}\b",
        _week_of_month,
    ),
    (
        (
            rf"{_LEAD}\b(?P<where>fin(?:es)?|final(?:es)?|mediados?|principios?|comienzos?|inicios?"
            rf"|(?:primera|segunda|ultima) quincena) (?:de|del) {_NAMED_MONTH}\b"
        ),
        _part_of_month,
    ),
    (
        (
            r"\b(?:para |en |por |de )?(?:el |este )?(?:proximo |otro )?fin de semana(?: que viene"
            r"| siguiente| proximo)?\b"
        ),
        _weekend,
    ),
    (
        (
            rf"{_LEAD}(?:\bsemana subsiguiente|\bsubsiguiente semana"
            r"|\bsemana siguiente de la proxima)\b"
        ),
        _weeks(2),
    ),
    (
        (
            rf"{_LEAD}\b(?:proxim[oa] semana|semana proxim[oa]|otra semana|semana que viene"
            r"|semana siguiente|siguiente semana|semana entrante)\b"
        ),
        _weeks(1),
    ),
    (
        (
            r"\b(?:para |en |de |durante )?(?:esta semana|lo que queda de (?:la )?semana"
            r"|el resto de la semana)\b"
        ),
        _weeks(0),
    ),
    (
        (
            rf"{_LEAD}\b(?:proximo mes|otro mes|mes que viene|mes proximo|mes siguiente"
            r"|siguiente mes)\b"
        ),
        _months(1),
    ),
    (r"\b(?:para |en |de |durante )?este mes\b", _months(0)),
    (
        (
            rf"\b(?:para|en|durante|este|proximo|(?:el |del )?mes de) (?P<which>{_LONG_MONTH})\b"
            rf"(?: del? (?P<y>20[0-9]{{2}})\b)?(?! [0-9])"
        ),
        _named_month,
    ),
    (rf"^\W{{0,3}}(?P<which>{_LONG_MONTH})(?P<y>(?!))?(?=\W{{0,3}}$)", _named_month),
)

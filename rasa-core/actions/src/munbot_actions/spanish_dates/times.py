"""Hours: the rules table from «15 hrs» to «un cuarto para las 4» and «entre las 10 y las 12»."""

from __future__ import annotations

import re
from collections.abc import Callable

from munbot_actions.spanish_dates.model import Clock, ImpossibleTime, Mention, PartOfDay, Relation
from munbot_actions.spanish_dates.vocabulary import WEEKDAYS

Built = Mention | None
PARTS: dict[str, PartOfDay] = {
    "manana": "morning", "madrugada": "morning", "tarde": "afternoon", "noche": "evening",
}  # fmt: skip

_RELATION_WORDS: tuple[tuple[str, Relation], ...] = (
    (r"no despues de|no mas tarde de|antes de|hasta|maximo|a mas tardar", "before"),
    (r"despues de|desde|a partir de|pasad[oa]s?(?: de)?|mas tarde de", "after"),
    (
        (
            r"tipo|tipin|tipo como|como|onda|cerca de|a eso de|alrededor de|mas o menos|aprox\.?"
            r"|aproximadamente|tirando para"
        ),
        "around",
    ),
)
_SUFFIX_WORDS: tuple[tuple[str, Relation], ...] = (
    (r"en adelante|para arriba|o despues|o mas tarde", "after"),
    (r"o antes|o mas temprano|para abajo|como maximo|maximo", "before"),
    (r"aprox\.?|aproximadamente|mas o menos|y algo|y pico|y tanto", "around"),
)
_RELATION = "|".join(words for words, _ in _RELATION_WORDS)
_BEFORE = rf"(?:\b(?P<rel>{_RELATION}) (?:como )?)?"
_AFTER = rf"(?:,? (?P<suf>{'|'.join(words for words, _ in _SUFFIX_WORDS)})\b)?"
_PREPOSITION = r"(?:\b(?:a|para|de|por|en|es|tipo) )?"
_HOUR = r"(?P<h>[0-9]{1,2}|una)"
_MINUTES = (
    r"(?: (?:y|con) (?P<and>media|cuarto|[0-9]{1,2}(?! (?:para|de (?!la|tarde)|del)\b))"
    r"(?: minutos)?\b| menos (?P<less>cuarto|[0-9]{1,2})\b"
    r"| (?P<loose>[0-5][0-9])(?![0-9/.-]))?"
)
_UNIT = r"(?: ?(?P<unit>hrs|horas?)\b\.?)?"
_HALF = (
    r"(?: en punto\b)?(?:(?:,? (?:de|en|por|a) la (?P<part>manana|tarde|noche|madrugada)\b"
    r"| del? (?P<noon>dia|mediodia)\b| ?(?P<ampm>[ap]\.? ?m)\b\.?))?"
)
_NOT_COUNTING = (
    r"(?!:?[0-9])(?! (?:opciones|cosas|personas|alternativas|semana|semanas|dias?|mes|meses|hijos"
    r"|horas de|cuadras|primer|ultim))"
)
_BAD_LEFT = r"(?<![0-9/:.,-])"
_NOT_AFTER_DAY = "".join(f"(?<!{word} )" for word in ("el", "dia", *WEEKDAYS))
_BAD_RIGHT = r"(?![0-9/:]|[.,-][0-9])"


def _relation(match: re.Match[str]) -> Relation | None:
    groups = match.groupdict()
    for word, table in ((groups.get("rel"), _RELATION_WORDS), (groups.get("suf"), _SUFFIX_WORDS)):
        if word:
            return next((name for words, name in table if re.fullmatch(words, word)), "after")
    return None


def _half(match: re.Match[str]) -> tuple[PartOfDay | None, str]:
    groups = match.groupdict()
    if word := groups.get("part"):
        return PARTS[word], word
    if groups.get("noon"):
        return None, "noon"
    if ampm := groups.get("ampm"):
        return ("morning" if ampm[0] == "a" else "afternoon"), ampm[0]
    return None, ""


def _minute(word: str | None) -> int:
    if word is None:
        return 0
    return {"media": 30, "cuarto": 15}.get(word) or int(word)


def clock(hour_word: str, minute: int = 0, *, half: str = (""), before: int = 0, exact: bool = False) -> Clock | None:
    """Build a clock from a said hour, or None when no clock shows it.

    ``half`` is the named half of the day («manana», «tarde», «noche», «madrugada», «noon», «a», «p»).
    """
    hour = 1 if hour_word == "una" else int(hour_word)
    if hour > 23 or minute > 59:
        return None
    if half and hour <= 12:
        hour = _hour_in_half(hour, half)
        return Clock(hour, minute, minutes_before=before)
    open_half = 1 <= hour <= 12 and not (hour_word.startswith("0") or exact)
    return Clock(hour, minute, open_half=open_half, minutes_before=before)


def _hour_in_half(hour: int, half: str) -> int:
    if half in {"a", "madrugada"}:
        return hour % 12
    if half == "noche":
        return 0 if hour == 12 else hour % 12 + (12 if hour >= 6 else 0)
    if half == "manana":
        return hour
    if half == "noon":
        return hour if 10 <= hour <= 12 else hour % 12 + 12
    return hour % 12 + 12


def _hour(match: re.Match[str]) -> Built:
    groups = match.groupdict()
    part, half = _half(match)
    minute = _minute(groups.get("and") or groups.get("m") or groups.get("loose"))
    before = _minute(groups.get("less"))
    exact = groups.get("m") is not None and len(groups["h"]) == 2 and groups["h"].startswith("0")
    built = clock(groups["h"], minute, half=half, before=before, exact=exact)
    if built is None:
        return Mention(problems=(ImpossibleTime(match.group().strip()),))
    return Mention(clock=built, part=part, relation=_relation(match))


def _hour_with_unit(match: re.Match[str]) -> Built:
    hour = match.group("h")
    if hour == "una" or not 0 <= int(hour) <= 23:
        return None
    unit = match.groupdict().get("unit")
    if unit == "hora" or (unit == "horas" and not 6 <= int(hour) <= 22):
        return None
    return _hour(match)


def _dotted(match: re.Match[str]) -> Built:
    hour, minute = int(match.group("h")), int(match.group("m"))
    said = match.group("las") or match.group("unit") or match.group("ampm") or match.group("part")
    if not said and (hour > 23 or minute > 59 or (minute % 5 and minute <= 12)):
        return None
    return _hour(match)


def _military(match: re.Match[str]) -> Built:
    digits = match.group("hm")
    built = clock(digits[:-2].zfill(2), int(digits[-2:]))
    if built is None:
        return Mention(problems=(ImpossibleTime(match.group().strip()),))
    return Mention(clock=built, relation=_relation(match))


def _to_hour(match: re.Match[str]) -> Built:
    before = 15 if match.group("cuarto") else int(match.group("mins"))
    part, half = _half(match)
    built = clock(match.group("h"), half=half, before=before)
    return Mention(clock=built, part=part, relation=_relation(match)) if built else None


def _range(match: re.Match[str]) -> Built:
    part, half = _half(match)
    groups = match.groupdict()
    first = clock(groups["h"], _minute(groups.get("m") or groups.get("and")))
    last = clock(groups["h2"], _minute(groups.get("m2") or groups.get("and2")), half=half)
    if first is None or last is None:
        return Mention(problems=(ImpossibleTime(match.group().strip()),))
    if half and first.open_half:
        same_half = clock(match.group("h"), first.minute, half=half)
        if same_half and same_half.on(part) < last.on(part):
            first = same_half
    if first.on(part) >= last.on(part):
        return None
    return Mention(clock_range=(first, last), part=part)


def _fixed(hour: int, relation: Relation | None = "around") -> Callable[[re.Match[str]], Built]:
    return lambda _match: Mention(clock=Clock(hour), relation=relation)


_CLOCK_END = r"(?: ?[:.](?P<m{0}>[0-9]{{2}})| y (?P<and{0}>media|cuarto))?(?: ?hrs\b)?"
_SECOND = r"(?P<h2>[0-9]{1,2}|una)" + _CLOCK_END.format(2)
_FIRST = _HOUR + _CLOCK_END.format("")
_CLOCK_1 = r"(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?: hrs\b)?"
_CLOCK_2 = r"(?P<h2>[0-9]{1,2})[:.](?P<m2>[0-9]{2})"
_NO_DAYS = (
    r"(?! (?:de (?:"
    "ene|feb|mar|abr|may|jun|jul|ago|sep|oct|nov|dic"
    r")|anos|dias|personas|lucas|mil|cuadras|metros))"
)

RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Built]], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"{_PREPOSITION}{_BAD_LEFT}\b{_CLOCK_1} ?(?:-|a|hasta) ?{_CLOCK_2}{_BAD_RIGHT}(?: hrs\b)?", _range),
        (rf"{_BAD_LEFT}\b{_HOUR} ?(?:-|a) ?(?P<h2>[0-9]{{1,2}}) ?hrs\b", _range),
        (rf"\bentre las? {_FIRST} (?:y|a|hasta) (?:las? )?{_SECOND}{_BAD_RIGHT}{_HALF}", _range),
        (rf"\bentre {_FIRST} y (?:las? )?{_SECOND}{_BAD_RIGHT}{_HALF}{_NO_DAYS}", _range),
        (
            (
                rf"\b(?:de|desde) (?:las? )?{_FIRST} (?:a|hasta) "
                rf"(?:las? )?{_SECOND}{_BAD_RIGHT}{_HALF}{_NO_DAYS}"
            ),
            _range,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}\b(?:(?:un )?(?P<cuarto>cuarto)|(?P<mins>5|10|20|25))"
                rf"(?: minutos)? para las? {_HOUR}\b(?!:){_HALF}"
            ),
            _to_hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}(?:\blas? )?{_BAD_LEFT}\b(?P<h>[0-9]{{1,2}}) ?: ?"
                rf"(?P<m>[0-9]{{2}})(?::[0-9]{{2}})?{_BAD_RIGHT}{_UNIT}{_HALF}{_AFTER}"
            ),
            _hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}(?P<las>\blas? )?{_BAD_LEFT}\b(?P<h>[0-9]{{1,2}})\."
                rf"(?P<m>[0-9]{{2}}){_BAD_RIGHT}{_UNIT}{_HALF}{_AFTER}"
            ),
            _dotted,
        ),
        (
            (rf"{_BEFORE}{_PREPOSITION}(?:\blas? )?{_BAD_LEFT}\b(?P<hm>[0-9]{{3,4}}) ?hrs\b\.?{_AFTER}"),
            _military,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}(?:\blas? )?{_BAD_LEFT}\b(?P<h>[0-9]{{1,2}}) hrs "
                rf"(?P<m>[0-9]{{2}})\b{_BAD_RIGHT}"
            ),
            _hour,
        ),
        (
            (rf"{_BEFORE}{_PREPOSITION}\blas {_HOUR}\b{_NOT_COUNTING}{_MINUTES}{_BAD_RIGHT}{_UNIT}{_HALF}{_AFTER}"),
            _hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}\bla (?P<h>una"
                rf"|1)\b{_NOT_COUNTING}{_MINUTES}{_BAD_RIGHT}{_UNIT}{_HALF}{_AFTER}"
            ),
            _hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}{_BAD_LEFT}\b{_HOUR} ?(?P<unit>hrs|horas?)\b\.?(?! (?:mas"
                rf"|menos|de espera)){_HALF}{_AFTER}"
            ),
            _hour_with_unit,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}{_BAD_LEFT}\b{_HOUR} (?:y (?P<and>media|cuarto)|menos "
                rf"(?P<less>cuarto))\b{_HALF}{_AFTER}"
            ),
            _hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}{_BAD_LEFT}\b{_HOUR}(?: y (?P<and>[0-9]{{1,2}}))?(?: en punto)?"
                r"(?: de la (?P<part>manana|tarde|noche|madrugada)\b| del? (?P<noon>dia"
                rf"|mediodia)\b| ?(?P<ampm>[ap]\.? ?m)\b\.?){_AFTER}"
            ),
            _hour,
        ),
        (
            (
                rf"{_BEFORE}{_PREPOSITION}{_BAD_LEFT}{_NOT_AFTER_DAY}\b{_HOUR} "
                rf"(?:en|por|a) la (?P<part>manana|tarde|noche|madrugada)\b{_AFTER}"
            ),
            _hour_with_unit,
        ),
        (
            (
                rf"{_PREPOSITION}{_BAD_LEFT}\b{_HOUR} "
                r"(?:en punto\b|(?P<suf>y pico|y algo|y tanto|aprox|aproximadamente|mas o menos)\b)"
            ),
            _hour,
        ),
        (
            (
                r"\b(?P<rel>tipo|tipin|onda|a eso de|cerca de|alrededor de|aprox\.?|aproximadamente) "
                rf"(?:como )?(?P<h>[0-9]{{1,2}})\b{_NOT_COUNTING}{_BAD_RIGHT}{_HALF}"
            ),
            _hour,
        ),
        (
            (
                r"\b(?P<rel>despues de|antes de|pasad[oa]s|como a) "
                rf"(?P<h>[0-9]{{1,2}})\b{_NOT_COUNTING}{_BAD_RIGHT}{_HALF}"
            ),
            _hour,
        ),
        (r"^\W{0,3}(?P<h>[0-9]{1,2}) (?P<m>[0-5][05])(?=\W{0,3}$)", _hour),
        (r"\b(?:a |al |de |del |tipo |para el )?medio ?dia\b", _fixed(12)),
        (r"\b(?:a |de |para )?medianoche\b", _fixed(0)),
    )
)

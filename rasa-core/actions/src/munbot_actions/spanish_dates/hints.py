"""Softer words: parts of the day, «la última», «lo antes posible», «más tarde»."""

from __future__ import annotations

import re
from collections.abc import Callable

from munbot_actions.spanish_dates.model import Clock, Mention, PartOfDay
from munbot_actions.spanish_dates.times import PARTS
from munbot_actions.spanish_dates.vocabulary import WEEKDAYS

Build = Callable[[re.Match[str]], Mention | None]
_ORDINALS = {"primer": 1, "segund": 2, "tercer": 3, "cuart": 4, "quint": 5}
_END_OF_CHOICE = (
    r"(?=$| ?[^\w ]| (?:que|de|del|disponible|opcion|hora|horas|horita|alternativa|porfavor|por|no"
    r"|mejor|nomas|esta|me|si|ya|y|o|gracias"
    r"|la|el|a|para|en|es|quiero|hay|haya|tiene|tengan|entonces|bloque|cupo)\b)"
)
_CHOSEN = r"(?: (?:hora|horario|turno|opcion|alternativa))?(?=\W{0,3}$)"
_AFTER_DAY = "(?:" + "|".join(f"(?<={day} )" for day in (*WEEKDAYS, "manana", "hoy")) + ")"


def _part(match: re.Match[str]) -> Mention:
    return Mention(part=PARTS[match.group("part")])


def _fixed(mention: Mention) -> Build:
    return lambda _match: mention


def _named(part: PartOfDay) -> Build:
    return _fixed(Mention(part=part))


def _ordinal(match: re.Match[str]) -> Mention:
    number = next(number for stem, number in _ORDINALS.items() if match.group("nth").startswith(stem))
    return Mention(choice="first" if number == 1 else number)


def _option(match: re.Match[str]) -> Mention:
    word = match.group("n")
    return Mention(choice=1 if word in {"uno", "una"} else int(word))


def _letterless_half(match: re.Match[str]) -> Mention:
    return Mention(part="morning" if match.group("ampm")[0] == "a" else "afternoon")


BEFORE_HOURS_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            r"\b(?:a |de |en |para )?(?:la )?primera hora\b(?: de la manana\b)?",
            _fixed(Mention(part="morning", choice="first")),
        ),
        (r"\b(?:a |de |en |para )?(?:la )?ultima hora\b", _fixed(Mention(choice="last"))),
        (
            (r"\b(?:a |en )?(?:la )?hora de(?:l)? almuerzo\b"),
            _fixed(Mention(clock_range=(Clock(13), Clock(14)))),
        ),
        (r"\b(?:despues|pasado) (?:de|del) (?:el |la )?(?:almuerzo|almorzar|colacion)\b", _named("afternoon")),
        (r"\bantes (?:de|del) (?:el |la )?(?:almuerzo|almorzar|colacion)\b", _named("morning")),
        (r"\bantes (?:de|del) (?:el )?medio ?dia\b", _named("morning")),
        (r"\b(?:despues|pasado) (?:de|del) (?:el )?medio ?dia\b", _named("afternoon")),
    )
)

PART_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (r"\b(?:en |por |de |para |a |durante )?las? (?P<part>manana|tarde|noche|madrugada)s?\b", _part),
        (r"\b(?:en |de )(?P<part>tarde|noche|madrugada)\b", _part),
        (r"^\W{0,3}(?P<part>tarde|noche)(?=\W{0,3}$)", _part),
        (rf"{_AFTER_DAY}(?P<part>tarde|noche)\b", _part),
        (rf"(?:^\W{{0,3}}|{_AFTER_DAY})\b(?P<ampm>am|pm|a\.m\.?|p\.m\.?)(?=\W|$)", _letterless_half),
    )
)

CHOICE_RULES: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (
            (
                r"\b(?:(?:lo|la|el)(?: hora| horita)? (?:de )?mas (?:antes|tempran[oa]|pront[oa]|luego"
                r"|rapid[oa]|proxim[oa]|cercan[oa])|(?:lo|cuanto) antes)(?: que (?:se pueda|tenga[ns]?"
                r"|haya|puedan|pueda|hay))?"
                r"(?: posible| disponible)?\b(?! (?:a|al|de mi) )"
            ),
            _fixed(Mention(choice="first")),
        ),
        (
            (
                r"\b(?:a la brevedad(?: posible)?|al ?tiro|cuando (?:haya|tengan|puedan|se pueda)"
                r"(?: primero| antes)?)\b"
            ),
            _fixed(Mention(choice="first")),
        ),
        (r"\b(?:la|el|lo) (?:de )?mas (?:tarde|tardia|tardio)\b", _fixed(Mention(choice="last"))),
        (
            (
                rf"\b(?:la|el|las|los|las?|de las?|una de las) (?:mas )?ultim[oa]s?\b{_END_OF_CHOICE}"
                r"(?: (?:hora|horita|opcion|alternativa|que (?:haya|tengan?|hay|quede|tiene))\b)?"
            ),
            _fixed(Mention(choice="last")),
        ),
        (
            rf"^\W{{0,3}}ultim[oa]{_CHOSEN}",
            _fixed(Mention(choice="last")),
        ),
        (
            (
                r"\b(?:la|el) (?P<nth>primer[ao]?|segund[oa]|tercer[ao]?|cuart[oa]"
                rf"|quint[oa])\b{_END_OF_CHOICE}(?: (?:hora|horita|opcion|alternativa|que (?:haya"
                r"|tengan?|hay|quede|tiene))\b)?"
            ),
            _ordinal,
        ),
        (
            rf"^\W{{0,3}}(?P<nth>primer[ao]|segund[oa]|tercer[ao]|cuart[ao]){_CHOSEN}",
            _ordinal,
        ),
        (r"\b(?:la |el )?(?:opcion|alternativa|numero|nro) (?P<n>[1-9]|uno|una)\b", _option),
        (r"\b(?:la|el) (?P<n>1) ?(?:ra|era|ro|ero)\b", _fixed(Mention(choice="first"))),
        (r"\b(?:la|el) (?P<n>[2-9]) ?(?:da|do|ra|ro|ta|to)\b", _option),
        (
            (
                r"\b(?:cualquiera(?: de (?:las|los|esas|esos))?|cualquier (?:dia|hora|horario|fecha|hrs)|(?:el"
                r"|la|lo) que sea|me da lo mismo|me da igual|da igual|da lo mismo|cuando sea"
                r"|(?:el|la) que (?:tenga|tengan|haya))\b"
            ),
            _fixed(Mention(choice="any")),
        ),
        (r"\b(?:un poco |algo )?mas tarde\b|\bmas tardecito\b", _fixed(Mention(relation="later"))),
        (r"\b(?:un poco |algo )?mas (?:temprano|antes)\b", _fixed(Mention(relation="earlier"))),
        (r"\b(?:bien |muy |lo mas )?temprano\b", _named("morning")),
    )
)

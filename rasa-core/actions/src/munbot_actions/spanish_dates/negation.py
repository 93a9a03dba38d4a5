"""Who is refused and who is meant: «el martes no, el miércoles», «no, mejor el lunes», «del lunes al martes»."""

from __future__ import annotations

import re

from munbot_actions.spanish_dates.model import Mention

_CANNOT = (
    r"(?: (?:voy a|vamos a|va a|se|me))?(?: (?:poder|puedo|podre|podria|podemos|alcanzo|alcanzare"
    r"|llego|sirve|acomoda|conviene|quiero"
    r"|quisiera|tengo tiempo|estoy|estare|es|era|seria|resulta|gusta|queda bien|cuadra|dije|digo"
    r"|ir))?(?: (?:ir|asistir|el|la|para|pa|en|ni|a))?"
)
_REFUSED_BEFORE = re.compile(
    rf"(?:\b(?:no|tampoco|nunca|jamas){_CANNOT}|\bni|\b(?:menos|excepto|salvo)|\ben (?:vez|lugar)"
    r"(?: del?)?|\bcancela(?:r|me)?)(?: (?:el|la|los|para|en|a|de))?$"
)
_REFUSED_AFTER = re.compile(
    r"^(?: (?:ya )?(?:no|tampoco)(?= *[,.;!?]| *$| (?:mejor|pero|sino|que|el|la|a|en|por|para|porque|me|se|voy|vamos"
    r"|puedo|podria|podre|alcanzo|sirve|es|gracias|estoy|estare|tengo)\b)"
    r"(?! (?:hay|tiene|tienen|habra|atienden)))"
)
_CORRECTION = re.compile(
    r"\b(?:perdon|digo|mejor|quise decir|queria decir|me equivoque|mas bien|disculpa|disculpe"
    r"|corrijo|o sea no|no espera|sino)\b"
)
MOVING = re.compile(
    r"\b(?:cambi\w{1,8}|muev\w{1,8}|mov\w{2,8}|pas(?:ar|ame|arla|arlo|emos)\w{0,4}|corr(?:er|erla"
    r"|ela)|reagend\w{1,8}|trasla\w{1,8}|posterg\w{1,8}|adelant\w{1,8})\b"
)


def between(line: str, left: Mention | None, right: Mention) -> str:
    """Give the words between two mentions (or from the line's start)."""
    return line[(left.end if left else 0) : right.start].rstrip(" ")


def split(line: str, mentions: list[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Part the mentions into meant and refused."""
    meant: list[Mention] = []
    refused: list[Mention] = []
    for index, mention in enumerate(mentions):
        previous = mentions[index - 1] if index else None
        before = between(line, previous, mention)
        after = line[mention.end : mentions[index + 1].start if index + 1 < len(mentions) else len(line)]
        if _is_refused(before, after[:60], follows=previous is not None) and mention.choice != "any":
            refused.append(mention)
        else:
            meant.append(mention)
    return _corrected(line, meant, refused)


def _is_refused(before: str, after: str, *, follows: bool) -> bool:
    before = before[-80:]
    if _REFUSED_AFTER.match(after):
        return True
    match = _REFUSED_BEFORE.search(before)
    if match is None:
        return False
    # «el martes no el miércoles»: the «no» closes what came before it.
    return not (follows and match.start() <= 1 and before.lstrip().startswith("no") and not before.startswith(","))


def _corrected(line: str, meant: list[Mention], refused: list[Mention]) -> tuple[list[Mention], list[Mention]]:
    """Let what follows «perdón», «digo» or «mejor» replace what was said before of its kind."""
    kept: list[Mention] = []
    for mention in meant:
        previous = kept[-1] if kept else None
        if previous is not None and _CORRECTION.search(line, previous.end, mention.start):
            replaced = [old for old in kept if _same_kind(old, mention)]
            refused += replaced
            kept = [old for old in kept if old not in replaced]
        kept.append(mention)
    return kept, sorted(refused, key=lambda mention: mention.start)


def _same_kind(old: Mention, new: Mention) -> bool:
    return (old.says_day and new.says_day) or (old.says_hour and new.says_hour) or bool(old.part and new.part)


def moves_from(line: str, mentions: list[Mention]) -> bool:
    """Tell whether a first day is left for a second: «cambiar la del lunes para el jueves»."""
    days = [mention for mention in mentions if mention.says_day]
    if len(days) != 2:
        return False
    said = line[: days[0].end]
    return (
        bool(MOVING.search(said))
        and line[days[0].start :].startswith(("de", "del"))
        and " o" not in between(line, days[0], days[1])
    )

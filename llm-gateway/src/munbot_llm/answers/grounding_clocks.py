"""Hours of the day in Spanish text: «10:00», «10.30 hrs», «las diez de la mañana», «de 9 a 14 horas»."""

import re
from functools import cache
from itertools import pairwise

from munbot_llm.answers.grounding_facts import Value, bound, number_words
from munbot_llm.answers.grounding_words import grounding

_CLOCK = re.compile(
    r"(?<![\d.,:])(\d{1,2})"
    r"(?::|\.(?=\d{2}\s*(?:(?:a|y|hasta|-)\s*(?:las\s*)?\d{1,2}[.:]\d{2}\s*)?(?:hrs?\b|horas?\b|h\b)))"
    r"(\d{2})(?![\d:])\s*(?:hrs?\b\.?|horas?\b|h\b)?"
)
_HALF_DAY = re.compile(r"\s*(?:(a)|(p))\.?\s?m\b\.?")
_SPAN_OF_HOURS = re.compile(
    r"(?<![\d.,:$])(?P<from>\d{1,2})(?:[:.](?P<minutes>\d{2}))?(?:\s*(?:hrs?\b\.?|horas?\b))?"
    r"(?P<between>\s*(?:a|hasta|y|-|–)\s*(?:las\s*)?)(?P<to>\d{1,2})"
    r"(?:(?::(?P<ending>\d{2}))(?!\d)|\s*(?:hrs?\b\.?|horas\b))"
)
_BETWEEN = re.compile(r"[\s.]*(?:horas?|hrs?)?[\s.]*(?:a|hasta|y|-|–)\s*(?:las\s*)?")
_EARLIEST = 7  # o'clock: no office opens before
_Moment = tuple[int, int, int]  # start and end in the text, minutes since midnight


def take_clocks(text: str, found: list[Value]) -> str:
    """Take hours of the day, then pairs of them («9:00 a 14:00»)."""
    text = _SPAN_OF_HOURS.sub(_with_minutes, text)
    moments: list[_Moment] = []
    for match in _CLOCK.finditer(text):
        hour, end = _half_day(text, match.end(), int(match[1]))
        moments.append((match.start(), end, _minutes(hour, int(match[2]))))
    masked = _blank(text, moments)
    spoken, ambiguous = _take_spoken(masked, found)
    moments += spoken
    for word, minutes in (("mediodia", 720), ("medianoche", 0)):
        moments += [(match.start(), match.end(), minutes) for match in re.finditer(rf"\b{word}\b", masked)]
    moments.sort()
    pairs = [(one, two) for one, two in pairwise(moments) if _BETWEEN.fullmatch(text[one[1] : two[0]])]
    paired = {moment for pair in pairs for moment in pair}  # «desde las 9 hasta las 14» limits no more than «9 a 14»
    found += [Value("times", (one[2], two[2])) for one, two in pairs]
    found += [
        Value("time", (moment[2],), bound="" if moment in paired else bound(text[: moment[0]])) for moment in moments
    ]
    return _blank(text, moments + ambiguous)


def _take_spoken(masked: str, found: list[Value]) -> tuple[list[_Moment], list[_Moment]]:
    """Take «las diez y media», «2 de la tarde»; return the hours of the day and where «10 hrs» stand, which may be."""
    moments: list[_Moment] = []
    ambiguous: list[_Moment] = []
    for match in _spoken_hour().finditer(masked):
        hour = int(match["hour"]) if match["hour"].isdigit() else int(number_words()[match["hour"]])
        if hour > 24:
            continue
        minute = {"media": 30, "cuarto": 15}.get(match["minute"] or "", 0)
        part = match["part"]
        marked, end = _half_day(masked, match.end(), hour)
        if part and hour < 12:
            marked = hour + int(grounding()["day_parts"][part])
        if part or end > match.end() or match["article"]:
            moments.append((match.start(), end, _minutes(marked, minute)))
        elif match["suffix"]:
            found.append(Value("hours", (hour,), bound=bound(masked[: match.start()])))
            ambiguous.append((match.start(), end, 0))
    return moments, ambiguous


def _minutes(hour: int, minute: int) -> int:
    return (hour * 60 + minute) % 1440


def _with_minutes(match: re.Match[str]) -> str:
    """Write «de 9 a 14 horas» as «de 9:00 a 14:00»; «de 2 a 3 horas» stays how long something takes."""
    clocks = match["minutes"] or match["ending"] or int(match["from"]) >= _EARLIEST
    if not clocks or max(int(match["from"]), int(match["to"])) > 24:
        return match.group()
    return f"{match['from']}:{match['minutes'] or '00'}{match['between']}{match['to']}:{match['ending'] or '00'} "


@cache
def _spoken_hour() -> re.Pattern[str]:
    hours = "|".join(word for word, number in number_words().items() if 1 <= number <= 24)
    parts = "|".join(grounding()["day_parts"])
    return re.compile(
        rf"\b(?P<article>las?\s+)?(?<![\d.,:$])(?P<hour>\d{{1,2}}|{hours})\b(?![.,:]\d|\s*%)"
        rf"(?:\s+y\s+(?P<minute>media|cuarto))?(?P<suffix>\s*hrs?\b\.?)?"
        rf"(?:\s+(?:de|por|en)\s+la\s+(?P<part>{parts})\b)?"
    )


def _half_day(text: str, end: int, hour: int) -> tuple[int, int]:
    match = _HALF_DAY.match(text, end)
    if not match:
        part = re.match(r"\s*(?:de|por|en)\s+la\s+(tarde|noche)\b", text[end:])
        return (hour + 12 if part and hour < 12 else hour), end
    if match[2] and hour < 12:
        return hour + 12, match.end()
    return (0 if match[1] and hour == 12 else hour), match.end()


def _blank(text: str, spans: list[_Moment]) -> str:
    for start, end, _ in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text

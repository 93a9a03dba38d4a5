"""Facts in Spanish text that can be compared: amounts, dates, hours, telephones, addresses of the web, RUTs.

Written in many ways, a fact becomes one value: «$12.500», «12 mil 500 pesos» and «doce mil quinientos pesos» are 12,500
pesos; «10:00», «las 10 horas» and «diez de la mañana» are 600 minutes. Pure functions.
"""

import re
from dataclasses import replace
from functools import cache

from munbot_llm.answers.grounding_clocks import take_clocks
from munbot_llm.answers.grounding_facts import Value, bound, clean, months, number_words
from munbot_llm.answers.grounding_numbers import joined, quantity, tokens_of
from munbot_llm.answers.grounding_words import grounding
from munbot_llm.retrieval.text import fold

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(
    r"(?:[a-z][\w+.-]*://|www\.)[^\s«»\"'()<>]*|(?<![\w.@])[a-z0-9-]{2,}(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/[^\s«»\"'()<>]*)?"
)
_RUT = re.compile(r"(?<!\d)\d{1,2}\.?\d{3}\.?\d{3}\s?-\s?[\dk](?!\w)")
_PHONE = re.compile(r"\+?(?<![\d.,$])\(?\d[\d ()-]{5,}\d(?![\d.,]*\d)")
_NUMERIC_DATE = re.compile(r"(?<!\d)(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?!\d)")
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_LAST_DAY = 31
_TRIBUTARY = re.compile(r"unidad(?:es)? tributarias? (mensual|anual)(?:es)?")


def values(text: str) -> list[Value]:
    """Return the facts of a text (cleaned, with capitals and accents as written), in no particular order."""
    folded = fold(clean(text))
    folded = _TRIBUTARY.sub(lambda found: " utm " if found[1] == "mensual" else " uta ", folded)
    folded = re.sub(r"\bpor ciento\b", " % ", folded)
    found: list[Value] = []
    masked = _take_addresses(folded, found)
    masked = _take_dates(masked, found)
    masked = take_clocks(masked, found)
    found += _from_tokens(masked)
    return found


def _take_addresses(text: str, found: list[Value]) -> str:
    for kind, pattern in (("email", _EMAIL), ("url", _URL), ("rut", _RUT)):
        found.extend(Value(kind, (_address(kind, match.group()),)) for match in pattern.finditer(text))
        text = pattern.sub(lambda match: " " * len(match.group()), text)

    def phone(match: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", match.group())
        if len(digits) < 7 or _NUMERIC_DATE.search(match.group()) or _ISO_DATE.search(match.group()):
            return match.group()
        found.append(Value("phone", (digits.removeprefix("56") if len(digits) > 9 else digits,)))
        return " " * len(match.group())

    return _PHONE.sub(phone, text)


def _address(kind: str, written: str) -> str:
    if kind == "rut":
        return re.sub(r"[.\s-]", "", written)
    plain = re.sub(r"^(?:https?://)?(?:www\.)?", "", written) if kind == "url" else written
    return plain.rstrip(".,;:!?/)")


def _take_dates(text: str, found: list[Value]) -> str:
    def numeric(match: re.Match[str]) -> str:
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        found.append(Value("date", (int(match[1]), int(match[2]), year), bound=bound(text[: match.start()])))
        return " " * len(match.group())

    def iso(match: re.Match[str]) -> str:
        found.append(Value("date", (int(match[3]), int(match[2]), int(match[1])), bound=bound(text[: match.start()])))
        return " " * len(match.group())

    def written(match: re.Match[str]) -> str:
        day = match["day"]
        named = {"primer": 1, "primero": 1, "treinta y un": 31, "treinta y uno": 31}
        number = int(day) if day.isdigit() else named.get(day) or number_words()[day]
        year = int(match["year"]) if match["year"] else None
        month = months()[match["month"]]
        found.append(Value("date", (number, month, year), bound=bound(text[: match.start()])))
        return " " * len(match.group())

    text = _NUMERIC_DATE.sub(numeric, _ISO_DATE.sub(iso, text))
    return _written_date().sub(written, text)


@cache
def _written_date() -> re.Pattern[str]:
    days = "|".join(["primero?", "treinta y uno?", *(word for word, day in number_words().items() if day <= _LAST_DAY)])
    return re.compile(
        rf"\b(?P<day>\d{{1,2}}|{days})\s?(?:°|ro\b|o\b)?\s+de\s+(?P<month>{'|'.join(months())})\b"
        r"(?:\s+(?:de|del)\s+(?:año\s+)?(?P<year>\d{4}))?"
    )


def _from_tokens(text: str) -> list[Value]:
    tokens = list(tokens_of(text))
    found: list[Value] = []
    plain_words = [token.text for token in tokens if token.number is None]
    for word in plain_words:
        if word in months():
            found.append(Value("month", (months()[word],)))
        elif word in grounding()["ordinals"]:
            found.append(Value("ordinal", (int(grounding()["ordinals"][word]),)))
    found += _weekdays(text)
    quantities = [(place, value) for place, token in enumerate(tokens) if (value := quantity(tokens, place, text))]
    for index, (place, value) in enumerate(quantities):
        following = quantities[index + 1] if index + 1 < len(quantities) else None
        if following and joined(tokens, place, following[0]):
            found.append(Value("range", (*value.value, *following[1].value), unit=following[1].unit))
            if not value.unit:
                value = replace(value, unit=following[1].unit)  # noqa: PLW2901 - «de 1 a 5 UTM»: the first is UTM too
        found.append(value)
    return found


def _weekdays(text: str) -> list[Value]:
    """Return groups of weekdays that stand together, each as one fact: «lunes a viernes», «martes y jueves»."""
    found = []
    for match in _days_together().finditer(text):
        names = [grounding()["weekdays"].index(name) for name in re.findall(_a_day(), match.group())]
        if re.search(r"\s(?:a|al|hasta)\s", match.group()) and len(names) == 2:
            first, last = names
            names = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
        found.append(Value("weekdays", tuple(sorted(set(names)))))
    return found


@cache
def _a_day() -> str:
    return rf"\b({'|'.join(grounding()['weekdays'])})s?\b"


@cache
def _days_together() -> re.Pattern[str]:
    day = _a_day().replace("(", "(?:", 1)
    between = r"\s*(?:,|\by\b|\be\b|\bo\b|\bni\b|\ba\b|\bal\b|\bhasta\b)\s*(?:(?:el|los|dias?)\s+)*"
    return re.compile(rf"{day}(?:{between}{day})*")

"""Numbers in Spanish text, in figures or words, with what they count."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from munbot_llm.answers.grounding_facts import Value, bound, number_words, parse_figure
from munbot_llm.answers.grounding_words import grounding
from munbot_llm.retrieval.text import function_words, stem

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?")
_TOKEN = re.compile(
    rf"(?:{_NUMBER.pattern})|u\.\s?t\.\s?[ma]\.?|u\.\s?f\.|[^\W\d_]+\d?|[%$.;:!?\n/]"  # «u.t.m.» is one word
)
_WINDOW = 6  # words on each side that tell what a bare number counts


@dataclass(slots=True)
class Token:
    """A word, a sign, or a number of one or several words."""

    text: str
    start: int
    number: Decimal | None = None
    words: bool = False  # the number was written in words


def joined(tokens: list[Token], first: int, second: int) -> bool:
    """Tell whether two numbers are the ends of one range («de 1 a 5», «entre 1 y 5»)."""
    between = [token.text for token in tokens[first + 1 : second] if token.text not in grounding()["units"]]
    return between in (["a"], ["al"], ["y"], ["hasta"]) and (between != ["y"] or tokens[first - 1].text == "entre")


def quantity(tokens: list[Token], place: int, text: str) -> Value | None:
    """Return the number at `place` with its unit, or None where there is none."""
    token = tokens[place]
    if token.number is None:
        return None
    unit = "peso" if place and tokens[place - 1].text == "$" else _unit(tokens, place + 1)
    if token.words and token.text in _articles() and not unit:
        span = tokens[place + 1 : place + 3]
        if [other.text for other in span[:1]] != ["a"] or span[-1].number is None:
            return None  # an article, unless it begins «una a diez»
    return Value("quantity", (_plain(token.number),), unit, bound(text[: token.start]), _around(tokens, place))


def _unit(tokens: list[Token], place: int) -> str:
    number = tokens[place - 1].number
    while place < len(tokens) and (tokens[place].number == number or tokens[place].text == "de"):  # «cinco (5) días»
        place += 1
    if place >= len(tokens):
        return ""
    known = grounding()["units"]
    word = tokens[place].text
    unit = str(known.get(word) or known.get(re.sub(r"[\s.]", "", word), ""))
    for token in tokens[place + 1 : place + 3] if unit else ():  # «5 días hábiles antes»
        unit = f"{unit} {grounding()['qualifiers'].get(token.text, '')}".strip()
    return {"metre square": "square metre", "metre cubic": "cubic metre"}.get(unit, unit)


def _around(tokens: list[Token], place: int) -> frozenset[str]:
    small = function_words()
    near = tokens[max(0, place - _WINDOW) : place] + tokens[place + 1 : place + 1 + _WINDOW]
    return frozenset(stem(t.text) for t in near if t.number is None and t.text.isalpha() and t.text not in small)


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the words of a folded text, numbers in words or figures as one token with its value."""
    raw = [Token(match.group(), match.start()) for match in _TOKEN.finditer(text)]
    place = 0
    while place < len(raw):
        taken, number = _read_number(raw, place)
        if taken:
            words = not raw[place].text[0].isdigit()
            yield Token(raw[place].text, raw[place].start, number, words)
            place += taken
        else:
            yield raw[place]
            place += 1


def _read_number(raw: list[Token], place: int) -> tuple[int, Decimal]:
    """Read a number from `place` on; return how many tokens it takes (0: none) and its value."""
    texts = [token.text for token in raw[place : place + 12]]
    words, multipliers = number_words(), grounding()["multipliers"]
    if texts[0][0].isdigit():
        return _read_figures(texts)
    if texts[0] in grounding()["halves"].split():
        return (1, Decimal("0.5")) if len(texts) > 1 and _is_unit(texts[1]) else (0, Decimal(0))
    total = current = Decimal(0)
    taken = 0
    for index, word in enumerate(texts):
        if word in words and _goes_on(current, words[word], texts[index - 1] if index else ""):
            current += words[word]
        elif word in multipliers and (index or word == "mil"):
            total, current = (total + max(current, Decimal(1))) * multipliers[word], Decimal(0)
        elif not (word == "y" and index and current % 100 >= 30 and _is_digit_word(texts, index + 1)):
            break
        taken = index + 1
    return taken, total + current


def _read_figures(texts: list[str]) -> tuple[int, Decimal]:
    multipliers = grounding()["multipliers"]
    if len(texts) > 2 and texts[1] == "/" and texts[2].isdigit() and int(texts[2]):
        return 3, Decimal(texts[0].replace(".", "").replace(",", ".")) / int(texts[2])
    taken, total = 1, parse_figure(texts[0])
    while taken < len(texts) and texts[taken] in multipliers:
        total *= multipliers[texts[taken]]
        taken += 1
    if taken > 1 and taken < len(texts) and texts[taken].isdigit() and total > int(texts[taken]):
        return taken + 1, total + int(texts[taken])  # «12 mil 500»
    return taken, total


def _goes_on(current: Decimal, word: int, before: str) -> bool:
    """Tell whether a number's name continues the one before it («ciento veinte», «treinta y un»; not «doce trece»)."""
    if not current or (current % 100 == 0 and word < 100):
        return True
    return before == "y" and current % 10 == 0 and word < 10


def _is_unit(word: str) -> bool:
    return word in grounding()["units"] or re.sub(r"[\s.]", "", word) in grounding()["units"]


def _is_digit_word(texts: list[str], place: int) -> bool:
    return place < len(texts) and 1 <= number_words().get(texts[place], 0) <= 9


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


@cache
def _articles() -> frozenset[str]:
    return frozenset(grounding()["articles"].split())

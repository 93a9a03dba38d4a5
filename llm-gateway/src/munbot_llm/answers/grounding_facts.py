"""Facts that can be compared, and how the words before them limit them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from munbot_llm.answers.grounding_words import grounding

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


@dataclass(frozen=True, slots=True)
class Value:
    """A fact.

    Attributes:
        kind: email, url, rut, phone, date, month, weekdays, time, times (from, to), hours (an hour of the day or a
            duration), quantity, range (from, to) or ordinal.
        value: what it is, in a form that is equal for equal facts.
        unit: of a quantity («utm», «day working», «peso»); empty for a bare number.
        bound: upper, lower, or empty: what the words before make of it.
        around: stems of the words around it.
    """

    kind: str
    value: tuple[object, ...]
    unit: str = ""
    bound: str = ""
    around: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Name it, for a log."""
        return f"{self.kind}:{'-'.join(map(str, self.value))}{self.unit and ' ' + self.unit}"


def clean(text: str) -> str:
    """Return the text in one form of Unicode, without characters that nobody sees."""
    plain = text.replace("º", "°").replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4")
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", plain))


def parse_figure(written: str) -> Decimal:
    """Return a number written in figures the Chilean way: «1.500» is 1500, «1,5» and «1.5» are one and a half."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", written):
        written = written.replace(".", "")
    return Decimal(written.replace(",", "."))


def bound(before: str) -> str:
    """Tell what the words just before a value make of it."""
    near = re.sub(r"[^\w%]+", " ", re.split(r"[.;!?\n]\s", before)[-1][-40:])
    near = re.sub(r"(?: (?:de|del|a|al|la|las|el|los|es|son|sera|\$|ser))*\s*$", "", f" {near}")
    near = f"{near} "
    fitting = [phrase for phrase in _bounds() if near.endswith(f" {phrase} ")]
    return _bounds()[max(fitting, key=len)] if fitting else ""


@cache
def _bounds() -> dict[str, str]:
    return {
        re.sub(r"(?: (?:de|del|a))*$", "", phrase): direction
        for direction in ("upper", "lower")
        for phrase in grounding()[direction]
    }


@cache
def number_words() -> dict[str, int]:
    """Return the numbers' names, folded."""
    return {str(word): int(number) for word, number in grounding()["numbers"].items()}


@cache
def months() -> dict[str, int]:
    """Return the months' names with their place in the year."""
    named = {str(month): place for place, month in enumerate(grounding()["months"], start=1)}
    return {**named, **{str(month): int(place) for month, place in grounding()["other_months"].items()}}

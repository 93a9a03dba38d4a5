"""The words of `resources/es.yml`, ready for use."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Spanish words for numbers, in small letters and without accents."""

    digits: dict[str, int]  # 0 to 9
    units: dict[str, int]  # 1 to 29, which take nothing after them
    tens: dict[str, int]  # 30, 40 … 90
    hundreds: dict[str, int]
    millions: frozenset[str]
    dash: frozenset[str]
    k: frozenset[str]
    thousand: str
    joiner: str  # «y», between tens and digits


def plain(text: str) -> str:
    """Return `text` in small letters, without accents and punctuation, with single spaces."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", bare))


@cache
def number_words() -> NumberWords:
    """Return the words for numbers."""
    raw = _resource()
    digits = {word: value for value, word in enumerate(raw["units"])} | raw["unit_variants"]
    teens = {word: value for value, word in enumerate(raw["teens"], start=10)}
    twenties = {word: value for value, word in enumerate(raw["twenties"], start=20)} | raw["twenty_variants"]
    return NumberWords(
        digits=digits,
        units={word: value for word, value in digits.items() if value} | teens | twenties,
        tens=raw["tens"],
        hundreds=raw["hundreds"],
        millions=frozenset(raw["millions"]),
        dash=frozenset({*raw["dash"], "-"}),
        k=frozenset(raw["k"]),
        thousand=raw["thousand"],
        joiner=raw["and"],
    )


@cache
def made_up() -> re.Pattern[str]:
    """Return what matches a sentence, made `plain`, that nobody said."""
    phrases = (".*".join(re.escape(part) for part in phrase.split("*")) for phrase in _resource()["made_up"])
    return re.compile("|".join(f"(?:{phrase})" for phrase in phrases))


@cache
def _resource() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("resources", "es.yml").read_text("utf-8"))
    return loaded

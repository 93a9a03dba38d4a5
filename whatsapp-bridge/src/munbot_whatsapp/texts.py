"""Words of and for citizens, in Spanish, from the resources."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Opt = Literal["out", "in"]

_NOT_A_WORD = re.compile(r"[\W_]+")
_LONGEST = 60


@cache
def resource(name: str) -> Mapping[str, Any]:
    """Return what a YAML file of the resources says.

    Args:
        name: without the ending.
    """
    text = (files("munbot_whatsapp.resources") / f"{name}.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def plain(text: str) -> str:
    """Return words without accents, capitals, punctuation or superfluous blanks."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", letters).strip().casefold()


def opt_of(text: str) -> Opt | None:
    """Return whether these words, as a whole message, refuse messages or want them again; None for other words."""
    return _opt_words().get(plain(text)) if len(text) <= _LONGEST else None


@cache
def _opt_words() -> Mapping[str, Opt]:
    words = resource("words")["opt"]
    both: tuple[Opt, Opt] = ("out", "in")
    return {plain(word): opt for opt in both for word in words[opt]}

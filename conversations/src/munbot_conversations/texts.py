"""Texts for people, from the resource file of their language."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

DEFAULT_LOCALE = "es-CL"


@cache
def texts(locale: str = DEFAULT_LOCALE) -> dict[str, Any]:
    """Return all texts of a language; an unknown language gets Chilean Spanish."""
    folder = files("munbot_conversations") / "resources"
    file = folder / f"{locale}.yml"
    if not file.is_file():
        return texts(DEFAULT_LOCALE)
    loaded: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def say(key: str) -> str:
    """Return one text by its key."""
    return str(texts()[key])


def kind_in_words(kind: str) -> str:
    """Return what lists show of a message without words: «Foto», «Nota de voz»."""
    words: dict[str, str] = texts()["kinds"]
    return words.get(kind, words["unsupported"])

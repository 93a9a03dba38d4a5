"""The word lists of the guard, from `resources/grounding.yml`."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from munbot_llm.retrieval.text import fold


@cache
def grounding() -> dict[str, Any]:
    """Read the lists."""
    source = files("munbot_llm.answers").joinpath("resources/grounding.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(source)
    return loaded


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a list of single words."""
    return frozenset(str(grounding()[name]).split())


@cache
def phrase_pattern(name: str) -> re.Pattern[str]:
    """Return a pattern that finds one of a list's phrases, as whole words, in folded text."""
    phrases = sorted((fold(str(phrase)) for phrase in grounding()[name]), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?!\w)")


@cache
def suspicious_pattern() -> re.Pattern[str]:
    """Return a pattern of text that speaks to a machine."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in grounding()["suspicious"]), re.IGNORECASE | re.DOTALL)

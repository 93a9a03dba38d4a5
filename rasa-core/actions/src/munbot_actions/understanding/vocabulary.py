"""The word lists of vocabulary.yml."""

from functools import cache
from importlib import resources

import yaml


@cache
def _lists() -> dict[str, frozenset[str]]:
    text = resources.files("munbot_actions.understanding").joinpath("vocabulary.yml").read_text(encoding="utf-8")
    return {name: frozenset(words.split()) for name, words in yaml.safe_load(text).items()}


def vocabulary(name: str) -> frozenset[str]:
    """Give the words of a list.

    Raises:
        KeyError: no such list.
    """
    return _lists()[name]

"""Which part of a procedure a question asks for (its papers, its price...), and which a section tells."""

import re
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from munbot_llm.retrieval.text import fold


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...]:
    entries = yaml.safe_load(files(__package__).joinpath("resources", "aspects.yml").read_text("utf-8"))
    return tuple((name, re.compile(entry["heading"]), re.compile(entry["asked"])) for name, entry in entries.items())


def asked_aspects(question: str) -> frozenset[str]:
    """Return what of a procedure a question (in written Spanish) asks for; often nothing."""
    folded = fold(question)
    return frozenset(name for name, _, asked in _patterns() if asked.search(folded))


def is_aspect_word(word: str) -> bool:
    """Tell whether a word of a question only says which part is asked for: «papeles», «costo»."""
    folded = fold(word)
    return any(asked.fullmatch(folded) for _, _, asked in _patterns())


@lru_cache(maxsize=20_000)
def told_aspects(heading: str) -> frozenset[str]:
    """Return what of a procedure a section with this heading tells; nothing for «Artículo 4°»."""
    folded = fold(heading)
    return frozenset(name for name, heading_of, _ in _patterns() if heading_of.search(folded))

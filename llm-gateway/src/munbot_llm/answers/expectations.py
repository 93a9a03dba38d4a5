"""What kind of thing a question asks for (a price, an hour, a place...), and whether a text has such a thing."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from munbot_llm.retrieval.lexical import concept_forms
from munbot_llm.retrieval.text import fold, stem


@dataclass(frozen=True, slots=True)
class Expectation:
    """One kind of thing that a question asks for.

    Attributes:
        kind: its name, such as `hour`.
        hard: a text without it cannot be the answer.
        given: matches folded text that has it.
    """

    kind: str
    hard: bool
    given: re.Pattern[str]

    def met(self, folded: str) -> bool:
        """Tell whether a folded text has it."""
        return self.given.search(folded) is not None


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    hard: bool
    asked: tuple[re.Pattern[str], ...]
    given: tuple[str, ...]


@cache
def _resource() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        files(__package__).joinpath("resources", "expectations.yml").read_text("utf-8")
    )
    return loaded


@cache
def _kinds() -> tuple[_Kind, ...]:
    return tuple(
        _Kind(
            name,
            bool(entry.get("hard")),
            tuple(re.compile(pattern) for pattern in entry["asked"]),
            tuple(entry["given"]),
        )
        for name, entry in _resource()["kinds"].items()
    )


@cache
def kinds() -> tuple[str, ...]:
    """Return the names of all kinds."""
    return tuple(kind.name for kind in _kinds())


def expectations(question: str) -> tuple[Expectation, ...]:
    """Return what a question (in written Spanish) asks for, the most telling kind first; often nothing is sure."""
    folded = fold(question)
    found = []
    for kind in _kinds():
        for pattern in kind.asked:
            match = pattern.search(folded)
            if match:
                thing = match.groupdict().get("thing")
                found.append(Expectation(kind.name, kind.hard, _given(kind, thing)))
                break
    return tuple(found)


@lru_cache(maxsize=2000)
def _given(kind: _Kind, thing: str | None) -> re.Pattern[str]:
    forms = "|".join(sorted(re.escape(form) for form in concept_forms(stem(thing)))) if thing else ""
    parts = []
    for pattern in kind.given:
        whole = pattern.replace("{numbers}", _resource()["numbers"]).replace("{thing}", rf"(?:{forms})\w*")
        parts.append(whole.replace("{{", "{").replace("}}", "}"))
    return re.compile("|".join(f"(?:{part})" for part in parts))

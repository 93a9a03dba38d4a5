"""Finding the category that somebody's words mean."""

from collections.abc import Iterable
from typing import TypedDict

from munbot_complaints.complaints.rules import words


class CategoryDocument(TypedDict):
    """One node of a tenant's tree; `_id` is `<tenant>:<code>`, a child's code starts with its parent's and a dot."""

    _id: str
    tenant_id: str
    code: str
    parent: str | None
    name: str
    unit: str
    deadline_days: int
    synonyms: list[str]
    active: bool
    position: int


def stem(word: str) -> str:
    """Return a folded word without its plural ending: `postes` and `poste` give the same."""
    for ending in ("s", "e"):
        if len(word) > 4:
            word = word.removesuffix(ending)
    return word


def match(text: str, categories: Iterable[CategoryDocument]) -> list[tuple[CategoryDocument, float]]:
    """Return the categories whose name or synonyms occur in `text`, best first, with a score above 0.

    A synonym counts when all of its words occur; longer synonyms weigh more, and so does the finer category.
    """
    said = {stem(word) for word in words(text)}
    found: list[tuple[CategoryDocument, float]] = []
    for category in categories:
        score = 0.0
        for phrase in (category["name"], *category["synonyms"]):
            wanted = {stem(word) for word in words(phrase) if len(word) > 2}
            if wanted and wanted <= said:
                score += len(wanted)
        if score:
            found.append((category, score + (0.5 if category["parent"] else 0.0)))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]["position"]))

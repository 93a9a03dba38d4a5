"""Text as pages of lines."""

import re
from dataclasses import dataclass
from statistics import median

from munbot_llm.documents.text import clean

_LINES_OF_A_PAGE = 12


@dataclass(frozen=True, slots=True)
class Pages:
    """A document's lines by page; `paged` is False when the text has no pages, and empty lines end paragraphs."""

    pages: list[list[str]]
    paged: bool


def pages_of(text: str) -> Pages:
    """Split a text at its form feeds or, where whole pages stand between empty lines, at those."""
    if "\f" in text.strip("\f"):
        return Pages([_lines(page) for page in text.split("\f")], paged=True)
    lines = _lines(text)
    groups: list[list[str]] = [[]]
    for line in lines:
        if line:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    groups = [group for group in groups if group]
    if len(groups) > 1 and median(len(group) for group in groups) >= _LINES_OF_A_PAGE:
        return Pages(groups, paged=True)
    return Pages([lines], paged=False)


def _lines(text: str) -> list[str]:
    return re.sub(r"\n{3,}", "\n\n", clean(text)).split("\n")

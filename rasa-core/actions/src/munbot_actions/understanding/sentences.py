"""Where a text may end: after a sentence, or at a line's end."""

import re

from munbot_actions.understanding.normalise import shorten

_END = re.compile(r"(?<=[.!?…»)])[ \t]+(?=[^\s])|\n")
_ABBREVIATION = re.compile(
    r"\b(?:av|avda|art|arts|inc|n|núm|nro|sr|sra|dr|dra|pje|psje|esq|depto|of|tel|aprox|etc|ej|p)\.$", re.IGNORECASE
)
_ENDS = (".", "!", "?", "…")


def tidy(text: str) -> str:
    """Return a document's words as a bubble shows them: no control characters, no empty lines, single spaces."""
    lines = ("".join(c if c.isprintable() else " " for c in line) for line in text.splitlines())
    return "\n".join(kept for line in lines if (kept := " ".join(line.split())))


def cut(text: str, room: int) -> tuple[str, str]:
    """Part a text where a sentence ends.

    Args:
        text: tidied.
        room: characters that the first part may have.

    Returns:
        The first part and the rest. A sentence that alone has no room is shortened at a word, and there is no rest.
    """
    if len(text) <= room:
        return text, ""
    ends = [place for place in _ends(text) if place <= room]
    if not ends:
        return shorten(text, room), ""
    return text[: ends[-1]].rstrip(), text[ends[-1] :].lstrip()


def _ends(text: str) -> list[int]:
    found = []
    for match in _END.finditer(text):
        head = text[: match.start()]
        if match.group() == "\n" or (head.rstrip("»)").endswith(_ENDS) and not _ABBREVIATION.search(head)):
            found.append(match.start())
    return found

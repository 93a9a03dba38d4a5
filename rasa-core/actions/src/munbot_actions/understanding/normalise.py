"""Text as it is compared: without case, accents, or doubled spaces."""

import re
import unicodedata

LONGEST = 2_000
"""Characters that are read for meaning; a description keeps more."""

_NOT_WORD = re.compile(r"[^a-z0-9ñ]+")
_LETTER = re.compile(r"[^\W\d_]")


def fold(text: str) -> str:
    """Return `text` in lower case, without accents (ñ stays) and with single spaces."""
    kept = text.lower().replace("ñ", "\0")
    plain = "".join(c for c in unicodedata.normalize("NFKD", kept) if not unicodedata.combining(c))
    return " ".join(plain.replace("\0", "ñ").split())


def words(text: str) -> list[str]:
    """Return the folded words of a text."""
    return [word for word in _NOT_WORD.split(fold(text)) if word]


def has_letters(text: str) -> bool:
    """Tell whether a text has any letter or digit (emoji and signs have none)."""
    return bool(_LETTER.search(text)) or any(c.isdigit() for c in text)


def clean(text: str) -> str:
    """Return what a person typed without control characters, with single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shorten(text: str, length: int) -> str:
    """Return at most `length` characters, cut at a word, with an ellipsis where something is missing."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut).rstrip(" ,.;:") + "…"


def mask(text: str, spans: list[tuple[int, int]]) -> str:
    """Return `text` with the spans blanked, so that offsets stay as they are."""
    characters = list(text)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)

"""Cleaning of characters and words, the same for every kind of file."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff\ufffc\ufffd]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_LIGATURES = str.maketrans(
    {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "‐": "-", "‑": "-"}
)
_SPACES = re.compile(r"[^\S\n]+")
_SPACED_WORD = re.compile(r"(?<!\S)[A-ZÁÉÍÓÚÑ](?: [A-ZÁÉÍÓÚÑ]){3,}(?![^\s.:,;])")
_SPACE_BEFORE = re.compile(r" +([,;:.](?=\s|$))")
_WORDS = re.compile(r"\w+")


def clean(text: str) -> str:
    """Return `text` with composed letters, no invisible or control characters, no doubled spaces; line breaks stay."""
    text = unicodedata.normalize("NFC", text).translate(_LIGATURES)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text).replace("\f", "\n"))
    return "\n".join(_line(line) for line in text.split("\n"))


def one_line(text: str) -> str:
    """Return `text` cleaned, in one line."""
    return " ".join(clean(text).split())


def _line(line: str) -> str:
    line = _SPACES.sub(" ", line).strip()
    line = _SPACED_WORD.sub(lambda found: found.group().replace(" ", ""), line)
    return _SPACE_BEFORE.sub(r"\1", line)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return `text` in lower case without accents, for comparisons."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if not unicodedata.combining(letter)))


def words(text: str) -> list[str]:
    """Return the words of `text`, folded."""
    return _WORDS.findall(folded(text))

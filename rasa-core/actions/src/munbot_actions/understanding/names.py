"""A person's name in free text."""

import re

from munbot_actions.understanding.normalise import clean, fold
from munbot_actions.understanding.vocabulary import vocabulary

LONGEST_NAME = 80
_PARTICLES = {"de", "del", "la", "las", "los", "y", "da", "di", "von", "van"}
_LETTERS = r"[^\W\d_]"
_WORD = rf"{_LETTERS}(?:{_LETTERS}|['’.-])*"
_NAME = rf"{_WORD}(?:\s+{_WORD}){{0,5}}"
_TITLE = r"(?:(?:la|el)\s+)?(?:señor(?:a|ita)?|sra?|srta|don|doña)\.?\s+"
_SAYS = re.compile(
    r"\b(?:me llamo|mi nombre es|mi nombre completo es|a nombre de|a mi nombre,?|nombre\s*:|habla|le habla|soy)\s+"
    rf"(?:{_TITLE})?({_NAME})",
    re.IGNORECASE,
)
_ALL = re.compile(rf"^{_NAME}$")
_NOT_NAMES = vocabulary("not_names")
_ENDS = vocabulary("name_ends")


def find_name(text: str) -> str | None:
    """Find a name that says it is one: «soy Marcela Soto», «a nombre de…»."""
    for match in _SAYS.finditer(text):
        if name := _tidy(_until_end(match.group(1))):
            return name
    return None


def as_name(text: str) -> str | None:
    """Read a whole answer as a name, or None when it is not one (signs, digits, a sentence)."""
    plain = clean(text).strip(" .,;:!¡")
    plain = re.sub(r"^(?:es|soy|me llamo|mi nombre es|a nombre de|nombre:?)\s+", "", plain, flags=re.IGNORECASE)
    plain = re.sub(rf"^{_TITLE}", "", plain, flags=re.IGNORECASE)
    if not plain or len(plain) > LONGEST_NAME or not _ALL.match(plain):
        return None
    return _tidy(plain)


def _until_end(words: str) -> str:
    kept: list[str] = []
    for word in words.split():
        folded = fold(word).strip(".")
        if folded in _ENDS:
            break
        kept.append(word)
    return " ".join(kept)


def _tidy(name: str) -> str | None:
    parts = [part.strip(".") if len(part) > 2 else part for part in name.split()]
    while parts and fold(parts[-1]) in _PARTICLES:
        parts.pop()
    if not parts or fold(parts[0]) in _NOT_NAMES or sum(c.isalpha() for c in "".join(parts)) < 2:
        return None
    if sum(fold(part) in _NOT_NAMES - _PARTICLES for part in parts) * 2 > len(parts):
        return None
    return " ".join(_capital(part, first=index == 0) for index, part in enumerate(parts))[:LONGEST_NAME]


def _capital(word: str, *, first: bool) -> str:
    if not first and fold(word) in _PARTICLES:
        return word.lower()
    if word.islower() or (word.isupper() and len(word) > 2):
        return "-".join(piece[:1].upper() + piece[1:].lower() for piece in word.split("-"))
    return word

"""What a heading looks like when nothing but its letters say so."""

import re
from collections import Counter
from collections.abc import Sequence

from munbot_llm.documents.labels import mark
from munbot_llm.documents.text import folded

_ACT = re.compile(
    r"^\W*(?:(?:aprueba|modifica|deja sin efecto|deroga|promulga|dicta|establece|sanciona)\b"
    r"|(?:ordenanza|reglamento|manual|certificado|instructivo|protocolo)\b|decreto (?:exento|alcaldicio)\b)"
)
_SECTION_WORDS = re.compile(
    r"^(?:vistos(?: y considerandos?)?|considerandos?(?: y vistos)?|teniendo presente|decreto|resuelvo|acuerdo)\s*[:.]?$"
)
_SECTION_NAMES = {"vistos": "Vistos", "considerando": "Considerando", "decreto": "Decreto"}
_DECREE = re.compile(r"^(?:[IVXLl1]{1,5}|[A-Za-z]|\d{1,2})?\s?[.)]?\s?[-–]?\s*[A-ZÁÉÍÓÚÑ]{3,}[AEÁÉ]SE\b")
_FINITE = re.compile(
    r"\b(?:se|es|son|está|están|hay|debe|deben|puede|pueden|tiene|tienen|\w+(?:rá|rán|aron|ieron|ase|ese))\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ROMAN_WORD = re.compile(r"^[IVXLC]+$")


def is_caps(line: str) -> bool:
    """Say whether a line is written in capitals, as headings are; short garbage is not."""
    letters = [letter for letter in line if letter.isalpha()]
    if len(letters) < 4 or len(line) > 110 or line.endswith((",", ";")):
        return False
    found = _WORD.findall(line)
    return sum(letter.isupper() for letter in letters) >= 0.85 * len(letters) and max(map(len, found), default=0) >= 3


def act_title(line: str) -> bool:
    """Say whether a heading in capitals names a whole act: «ORDENANZA MUNICIPAL», «APRUEBA MANUAL»."""
    return bool(_ACT.match(folded(line)))


def section_word(line: str) -> str:
    """Return the name of a decree's section («Vistos») when the line is nothing else, else ""."""
    name = line.strip(" .:;*").casefold()
    if not _SECTION_WORDS.match(folded(line)) or (line != line.upper() and not line.endswith(":")):
        return ""
    return name.capitalize()


def decree_part(line: str) -> bool:
    """Say whether a decree orders something here: «I.- APRUÉBASE», «c) DERÓGASE»."""
    return bool(_DECREE.match(line))


def has_finite_verb(text: str) -> bool:
    """Say whether a text has a verb that makes it a sentence rather than a title."""
    return bool(_FINITE.search(text))


def is_title_run(run: Sequence[str]) -> bool:
    """Say whether the few short lines above an article are its title."""
    if not run or len(" ".join(run)) > 160 or not re.match(r"[A-ZÁÉÍÓÚÑ]", run[0]):
        return False
    if any(len(line) > 100 or mark(line) or _FINITE.search(line) for line in run):
        return False
    named = bool(re.match(r"^\w+(?: \w+){0,2}:", run[0]))  # «Ayuda Social: Bolsa de alimentos»
    return named or (len(" ".join(run).split()) <= 12 and not run[-1].endswith((".", ",", ";", ":")))


def usual_forms(text: str) -> "Counter[str]":
    """Count the written forms of words in the running text, for `sentence_case`."""
    return Counter(
        word
        for line in text.splitlines()
        if not is_caps(line)
        for word in re.findall(r"(?<=[^\W\d_] )[^\W\d_]+|(?<=[,;] )[^\W\d_]+", line)
    )


def sentence_case(title: str, forms: "Counter[str]") -> str:
    """Write a heading in capitals like a sentence; names and acronyms as the running text writes them."""
    if not is_caps(title) and not (title.isupper() and len(title) > 110):
        return title
    written = _WORD.sub(lambda found: _usual(found.group(), forms), title)
    first = re.search(r"[^\W\d_]", written)
    return (
        written[: first.start()] + written[first.start() :][:1].upper() + written[first.start() + 1 :]
        if first
        else written
    )


def _usual(word: str, forms: "Counter[str]") -> str:
    if _ROMAN_WORD.match(word) and len(word) > 1:
        return word
    candidates = {form: forms[form] for form in (word, word.capitalize(), word.lower()) if forms[form]}
    return max(candidates, key=lambda form: candidates[form]) if candidates else word.lower()

"""What a heading looks like when nothing but its letters say so."""

import re
from collections import Counter
from collections.abc import Sequence

from munbot_llm.documents.labels import dangling, mark
from munbot_llm.documents.text import folded

_ACT = re.compile(
    r"^\W*(?:(?:aprueba|modifica|deja sin efecto|deroga|promulga|dicta|establece|sanciona)\b"
    r"|(?:ordenanza|reglamento|manual|certificado|instructivo|protocolo)\b)"
)
_NUMBERED_DECREE = re.compile(r"^\W*decreto\b[\w ]*\W*(?:n\s?\W|\d)")
_SECTION_WORDS = re.compile(
    r"^(?:vistos(?: y considerandos?)?|considerandos?(?: y vistos)?|teniendo presente|decreto|resuelvo|acuerdo)[ :.]*$"
)
_DECREE = re.compile(r"^(?:[IVXLl1]{1,5}|[A-Za-z]|\d{1,2})?\s?[.)]?\s?[-–]?\s*(?!ENVASE)[A-ZÁÉÍÓÚÑ]{3,}[AEÁÉ]SE\b")
_FINITE = re.compile(
    r"\b(?:se|es|son|está|están|hay|debe|deben|puede|pueden|tiene|tienen|\w+(?:rá|rán|aron|ieron|ase|ese))\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"^\W*(?:(?:i|l|1|il|ilustre)?[. ]*mun\w{3,5}palidad de\b"
    r"|(?:depart\w*mento|direccion|secretaria|seccion|unidad|oficina)\b)"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ROMAN_WORD = re.compile(r"^[IVXLC]+$")


def is_caps(line: str, *, more: bool = False) -> bool:
    """Say whether a line is written in capitals, as headings are; `more`: inside one, where a comma may end it."""
    letters = [letter for letter in line if letter.isalpha()]
    if more and line.isupper():
        return len(line) <= 120 and not _NUMBERED_DECREE.match(folded(line))
    if len(letters) < 4 or len(line) > 120 or (line.endswith((",", ";")) and not more):
        return False
    longest = max(map(len, _WORD.findall(line)), default=0)
    if longest < 3 or _NUMBERED_DECREE.match(folded(line)):
        return False
    return sum(letter.isupper() for letter in letters) >= 0.85 * len(letters)


def numbered_decree(line: str) -> bool:
    """Say whether a line in capitals is a decree's number: «DECRETO EXENTO N° 1226»."""
    return line.isupper() and bool(_NUMBERED_DECREE.match(folded(line)))


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


def named_title(line: str) -> bool:
    """Say whether a line is the first half of a title: «Ayuda social:»."""
    return bool(re.match(r"^[A-ZÁÉÍÓÚÑ]\w+(?: \w+){0,2}:$", line)) and not _FINITE.search(line)


def is_title_run(run: Sequence[str]) -> bool:
    """Say whether the few short lines above an article are its title."""
    whole = " ".join(run)
    if not run or len(whole) > 160 or not re.match(r"[A-ZÁÉÍÓÚÑ]", run[0]) or dangling(whole):
        return False
    if any(len(line) > 100 or mark(line) or _FINITE.search(line) for line in run):
        return False
    named = bool(re.match(r"^\w+(?: \w+){0,2}:", run[0]))  # «Ayuda Social: Bolsa de alimentos»
    if any(line.endswith((".", ",", ";")) for line in run[:-1]):
        return False
    short = len(whole.split()) <= (12 if whole[-1].isalnum() else 8)
    if len(run) == 1 and run[0].endswith(".") and not named:
        return False
    return named or (short and not whole.endswith((",", ";", ":")))


def letterhead(line: str) -> bool:
    """Say whether a line at a page's top names the office: «I. MUNICIPALIDAD DE …», «Departamento de …»."""
    if len(line) > 70 or line.endswith((".", ",", ";", ":")) or not _OFFICE.match(folded(line)):
        return False
    return all(word[0].isupper() for word in _WORD.findall(line) if len(word) > 3)


def usual_forms(text: str) -> "Counter[str]":
    """Count the written forms of words inside the sentences of the running text, for `sentence_case`."""
    return Counter(
        word
        for line in text.splitlines()
        if not is_caps(line)
        for word in re.findall(r"(?<=[a-záéíóúñ0-9,;] )[^\W\d_]+", line)
    )


def sentence_case(title: str, forms: "Counter[str]") -> str:
    """Write a heading in capitals like a sentence; names and acronyms as the running text writes them."""
    letters = [letter for letter in title if letter.isalpha()]
    if sum(letter.isupper() for letter in letters) < 0.85 * len(letters):
        return title
    written = _WORD.sub(lambda found: _usual(found.group(), forms), title)
    first = re.search(r"[^\W\d_]", written)
    return written if not first else written[: first.start()] + first.group().upper() + written[first.end() :]


def _usual(word: str, forms: "Counter[str]") -> str:
    if _ROMAN_WORD.match(word) and len(word) > 1:
        return word
    lower, capital = forms[word.lower()], forms[word.capitalize()]
    if capital > 3 * lower:
        return word.capitalize()
    return word if forms[word] and not lower and len(word) <= 6 else word.lower()

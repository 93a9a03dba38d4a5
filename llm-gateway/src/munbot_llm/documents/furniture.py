"""Page furniture: letterheads, footers, page numbers, stamps, signatures and distribution lists.

Nothing here knows a particular office: a line is furniture because it comes back at the edge of other pages, because it
stands at the foot of a page and has no word that the text uses, or because it follows a decree's closing formula.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from munbot_llm.documents import labels
from munbot_llm.documents.text import folded, words
from munbot_llm.documents.titles import act_title, is_caps, section_word

_TOP, _FOOT = 5, 12  # lines of a page's edges
_STAMP_WIDTH = 26  # characters: a stamp's lines are short
_BODY_WIDTH = 45  # and the text's are long
_CLOSING = re.compile(
    r"\b(?:anotese|comuniquese|publiquese|cumplase|archivese|registrese|notifiquese|transcribase|tomese razon|dese cuenta)\b"
)
_DISTRIBUTION = re.compile(r"^\W*(?:distribucion|distr?ibuci[oó]n|c\.?c\.?)\s*[:;]?\s*$")
_ROLE = re.compile(
    r"^\W*(?:alcalde|alcaldesa|alcalde\(s\)|secretari[oa] municipal|ministr[oa] de fe|administrador(?:a)? municipal)\b.{0,8}$"
)
_INITIALS = re.compile(r"^[A-Z]{2,4}(?:\s?/\s?[A-Za-z]{1,5}){1,5}\.?$")
_PAGE_NUMBER = re.compile(r"^\W*(?:p[aá]g(?:ina)?s?\.?\s*)?\d{1,5}(?:\s*(?:de|/)\s*\d{1,4})?[^\w°º)]*$", re.IGNORECASE)
_CONTACT = re.compile(r"\+?\d[\d\s-]{6,}\d|www\.|@\w")
_LOWER_WORD = re.compile(r"^[a-záéíóúñ]{6,}[.,;:]?$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Pages without furniture, and what of it a citizen may still want to know: telephone, address, web."""

    pages: list[list[str]]
    contacts: list[str]


def without_furniture(pages: Sequence[Sequence[str]], *, paged: bool = True) -> Cleaned:
    """Remove furniture; without pages only closings, signatures and rulers of marks are removed."""
    kept = [_without_closing([line for line in page if _says_something(line)]) for page in pages]
    if not paged or len(kept) < 2:
        return Cleaned([_without_signatures(page) for page in kept], [])
    known = _vocabulary(kept)
    enough = 2 if len(kept) <= 5 else 3
    heads = _Repeated([page[:_TOP] for page in kept], enough)
    feet = _Repeated([page[-_FOOT:] for page in kept], enough)
    contacts = list(dict.fromkeys(line for line in (*heads.lines, *feet.lines) if _CONTACT.search(line)))
    stamps = {word for line in feet.lines if is_caps(line) for word in words(line) if len(word) >= 5}
    cleaned = []
    for page in kept:
        body = _without_head(page, heads, known)
        body = _without_foot(body, feet, known, stamps)
        cleaned.append(_without_signatures(body))
    return Cleaned(cleaned, contacts[:1])


class _Repeated:
    """Lines that come back, misread or not, at the same edge of several pages."""

    def __init__(self, edges: Sequence[Sequence[str]], enough: int) -> None:
        self._clusters: list[tuple[str, set[int]]] = []
        self.lines: list[str] = []
        for page, edge in enumerate(edges):
            for line in edge:
                key = _key(line)
                if len(key) < 3:
                    continue
                for known, pages in self._clusters:
                    if _alike(key, known):
                        pages.add(page)
                        break
                else:
                    self._clusters.append((key, {page}))
        self._clusters = [(key, pages) for key, pages in self._clusters if len(pages) >= enough]
        self.lines = [line for edge in edges for line in edge if line in self]

    def __contains__(self, line: str) -> bool:
        key = _key(line)
        if len(key) < 3 or labels.article(line) or labels.division(line, {}) or labels.mark(line):
            return False
        if len(key) < 10 and not line.isupper():
            return False
        return any(_alike(key, known) for known, _ in self._clusters)


def _key(line: str) -> str:
    return re.sub(r"[^\w#]+", " ", re.sub(r"\d", "#", folded(line))).strip()


def _alike(one: str, other: str) -> bool:
    if max(len(one), len(other)) < 6:
        return one == other
    return fuzz.ratio(one, other) >= (85 if len(one) >= 10 else 75)


def _says_something(line: str) -> bool:
    return not line or sum(letter.isalnum() for letter in line) > 0.2 * len(line)


def _vocabulary(pages: Sequence[Sequence[str]]) -> set[str]:
    return {
        word
        for page in pages
        for line in page
        if len(line) >= _BODY_WIDTH and not is_caps(line)
        for word in words(line)
        if len(word) >= 4
    }


def _without_head(page: list[str], heads: _Repeated, known: set[str]) -> list[str]:
    last = max((at for at, line in enumerate(page[:_TOP]) if line in heads), default=-1)
    while last + 1 < min(_TOP, len(page)) and (
        _PAGE_NUMBER.match(page[last + 1]) or _is_garbage(page[last + 1], known)
    ):
        last += 1
    above = [line for line in page[: last + 1] if line not in heads and len(line) >= 60]
    return [*above, *page[last + 1 :]]


def _without_foot(page: list[str], feet: _Repeated, known: set[str], stamps: set[str]) -> list[str]:
    body, foot = page[:-_FOOT], page[-_FOOT:]
    for at, line in enumerate(foot):
        above = foot[at - 1] if at else (body[-1] if body else "")
        if not (line in feet or _is_stamp(line, above, known)):
            body.append(_without_stamp(line, stamps))
    return body


def _is_stamp(line: str, above: str, known: set[str]) -> bool:
    if len(line) > _STAMP_WIDTH or labels.article(line) or labels.division(line, {}) or section_word(line):
        return False
    if _PAGE_NUMBER.match(line):
        return True
    if line.isupper() and (labels.division(above, {}) or all(word in known for word in words(line))):
        return False
    return _is_garbage(line, known)


def _is_garbage(line: str, known: set[str]) -> bool:
    """Say whether a short line has no word that the text uses."""
    if len(line) > _STAMP_WIDTH or _LOWER_WORD.match(line) or labels.article_alone(line):
        return False
    found = labels.mark(line)
    if found and (not found.rest or any(word in known for word in words(found.rest))):
        return False
    return not any(word in known for word in words(line))


def _without_stamp(line: str, stamps: set[str]) -> str:
    """Cut a stamp's words off the end of a line of text: «de ambos establecimientos SECCION»."""
    if is_caps(line) or not stamps:
        return line
    tokens = line.split()
    cut, found = len(tokens), False
    while cut and _is_stamp_word(tokens[cut - 1], stamps):
        cut -= 1
        found = found or len(tokens[cut]) >= 5
    return " ".join(tokens[:cut]) if found and cut else line


def _is_stamp_word(token: str, stamps: set[str]) -> bool:
    letters = [letter for letter in token if letter.isalpha()]
    if not letters:
        return not any(letter.isdigit() for letter in token)
    if not all(letter.isupper() for letter in letters):
        return False
    return len(letters) <= 2 or any(fuzz.ratio(folded(token), stamp) >= 75 for stamp in stamps)


def _without_closing(page: list[str]) -> list[str]:
    """Drop a decree's closing formula and what follows it on the page: signatures, stamps, distribution."""
    for at, line in enumerate(page):
        if len(_CLOSING.findall(folded(line))) >= 2:
            after = at + 1
            while after < len(page) and not _starts_text(page[after]):
                after += 1
            return [*page[:at], *_without_closing(page[after:])]
    return page


def _starts_text(line: str) -> bool:
    return bool(
        labels.article(line) or labels.division(line, {}) or (is_caps(line) and act_title(line)) or len(line) > 60
    )


def _without_signatures(page: list[str]) -> list[str]:
    """Drop names over an office («ALCALDE»), initials, and a distribution list to the end of the page."""
    kept: list[str] = []
    for line in page:
        if _DISTRIBUTION.match(folded(line)):
            break
        if _ROLE.match(folded(line)):
            if kept and is_caps(kept[-1]) and not act_title(kept[-1]):
                kept.pop()
            continue
        if not _INITIALS.match(line):
            kept.append(line)
    return kept

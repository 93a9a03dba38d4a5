"""Page furniture: letterheads, footers, page numbers, stamps, signatures and distribution lists.

Nothing here knows a particular office: a line is furniture because it comes back at the edge of other pages, because it
stands at the foot of a page and has no word that the text uses, or because it follows a decree's closing formula.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from munbot_llm.documents import labels
from munbot_llm.documents.repetition import Repeated, Stamps
from munbot_llm.documents.text import folded, words
from munbot_llm.documents.titles import act_title, is_caps, letterhead, section_word

_TOP, _FOOT = 5, 12  # lines of a page's edges
_LONGEST_PAGE_NUMBER = 3  # digits, behind a line that goes on
_DENSE_PAGE = 10  # long lines
_STAMP_WIDTH = 26  # characters: a stamp's lines are short
_BODY_WIDTH = 45  # and the text's are long
_CLOSING = re.compile(
    r"\b(?:anotese|comuniquese|publiquese|cumplase|archivese|registrese|notifiquese|transcribase|tomese razon"
    r"|dese cuenta)\b"
)
_DISTRIBUTION = re.compile(r"^\W*(?:distr?ibucion)\s*[:;]?\s*$")
_ROLE = re.compile(
    r"^\W*(?:alcaldes(?:a)?|alcaldes?\s?\(s\)|alcalde|alcaldesa|secretari[oa] municipal|ministr[oa] de fe"
    r"|administrador(?:a)? municipal)\b.{0,8}$"
)
_INITIALS = re.compile(r"^[A-Z]{2,4}(?:\s?/\s?[A-Za-z]{1,5}){1,5}\.?$")
_PAGE_NUMBER = re.compile(r"^\W*(?:p[aá]g(?:ina)?s?\.?\s*)?\d{1,5}(?:\s*(?:de|/)\s*\d{1,4})?[^\w°º)]*$", re.IGNORECASE)
_CONTACT = re.compile(r"\+?\d[\d\s-]{6,}\d|www\.|@\w")
_FACT = re.compile(r"\d{6}|\d:\d\d|[$@%]\s?\d|\d\s?%|www\.|\w@\w")
_LOWER = re.compile(r"^(?:[a-záéíóúñ]{1,3} )?[a-záéíóúñ]{3,}(?: [a-záéíóúñ]+)*[.,;:]?$")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Pages without furniture, and what of it a citizen may still want to know: telephone, address, web."""

    pages: list[list[str]]
    contacts: list[str]


def without_furniture(pages: Sequence[Sequence[str]], *, paged: bool = True) -> Cleaned:
    """Remove furniture; without pages only closings, signatures and rulers of marks are removed.

    Stamps that a scanner read as letters are looked for only where several pages end in such garbage.
    """
    kept = [_without_signatures(_without_closing(_without_rulers(page))) for page in pages]
    if not paged:
        return Cleaned(kept, [])
    known = _vocabulary(kept)
    heads = Repeated([page[:_TOP] for page in kept])
    feet = Repeated([page[-_FOOT:] for page in kept])
    contacts = list(dict.fromkeys(line for line in (*heads.lines, *feet.lines) if _CONTACT.search(line)))
    if _scanned(kept, known):
        stamps = Stamps([page[-_FOOT:] for page in kept])
        cleaned = [_without_foot(_without_head(page, heads, known), feet, stamps, known) for page in kept]
    else:
        cleaned = [_without_edges(page, heads, feet) for page in kept]
    return Cleaned(cleaned, contacts[:1])


def _without_rulers(page: Sequence[str]) -> list[str]:
    """Drop lines of marks; one under a heading leaves an empty line, which ends the heading."""
    return ["" if line and not _says_something(line) else line for line in page]


def _says_something(line: str) -> bool:
    return sum(letter.isalnum() for letter in line) > 0.2 * len(line)


def _scanned(pages: Sequence[Sequence[str]], known: set[str]) -> bool:
    """Say whether the text comes from a scanner: dense pages of which many end in garbage."""
    dense = [page for page in pages if sum(len(line) >= _BODY_WIDTH for line in page) >= _DENSE_PAGE]
    if 2 * len(dense) < len(pages) or not dense:
        return False
    dirty = sum(
        any(_is_garbage(line, known) and not _PAGE_NUMBER.match(line) for line in page[-_FOOT:]) for page in dense
    )
    return 3 * dirty >= len(dense) and dirty >= 2


def _without_edges(page: Sequence[str], heads: Repeated, feet: Repeated) -> list[str]:
    """Drop what comes back at the edges, and page numbers at the very edge."""
    top = 0
    while top < min(_TOP, len(page)) and (page[top] in heads or not page[top] or _PAGE_NUMBER.match(page[top])):
        top += 1
    end = len(page)
    while end > max(top, len(page) - _TOP) and (
        page[end - 1] in feet or not page[end - 1] or _PAGE_NUMBER.match(page[end - 1])
    ):
        end -= 1
    return list(page[top:end])


def _vocabulary(pages: Sequence[Sequence[str]]) -> set[str]:
    return {
        word
        for page in pages
        for line in page
        if len(line) >= _BODY_WIDTH and not is_caps(line)
        for token in line.split()
        if not token.isupper()
        for word in words(token)
        if len(word) >= 3
    }


def _without_head(page: Sequence[str], heads: Repeated, known: set[str]) -> list[str]:
    top = page[:_TOP]
    office = any("palidad de " in folded(line) and letterhead(line) for line in top[:3])
    last = max(
        (at for at, line in enumerate(top) if line in heads or (office and at < 3 and letterhead(line))), default=-1
    )
    while last + 1 < len(top) and (_PAGE_NUMBER.match(top[last + 1]) or _is_garbage(top[last + 1], known)):
        last += 1
    if (
        last < 0
        and top
        and _LOWER.match(top[0])
        and is_caps(top[1] if len(top) > 1 else "")
        and _unknown(top[0], known)
    ):
        last = 0
    above = [line for line in top[: last + 1] if _is_text(line) and line not in heads]
    return [*above, *page[last + 1 :]]


def _is_text(line: str) -> bool:
    """Say whether a line among a letterhead's is none of it."""
    return not letterhead(line) and (len(line) >= 60 or _opens(line))


def _opens(line: str) -> bool:
    return bool(
        labels.article(line)
        or labels.article_alone(line)
        or labels.division(line, {})
        or section_word(line)
        or act_title(line)
    )


def _without_foot(page: Sequence[str], feet: Repeated, stamps: Stamps, known: set[str]) -> list[str]:
    body, foot = list(page[:-_FOOT]), page[-_FOOT:]
    for at, line in enumerate(foot):
        above = body[-1] if body else ""
        if line in feet or _is_stamp(line, above, stamps, known):
            continue
        if _LOWER.match(line) and _unknown(line, known) and _alone(foot, at, feet, known):
            continue
        body.append(stamps.cut_off(line))
    return body


def _is_stamp(line: str, above: str, stamps: Stamps, known: set[str]) -> bool:
    if _opens(line):
        return False
    if line in stamps:
        return True
    if len(line) > _STAMP_WIDTH:
        return False
    if _PAGE_NUMBER.match(line):
        return not (labels.dangling(above) and (line.endswith(".") or len(line) > _LONGEST_PAGE_NUMBER))
    known_words = all(word in known for word in words(line)) and any(len(word) > 3 for word in words(line))
    if line.isupper() and (labels.division(above, {}) or known_words):
        return False
    return _is_garbage(line, known)


def _alone(foot: Sequence[str], at: int, feet: Repeated, known: set[str]) -> bool:
    """Say whether an unknown word stands between stamps, not between lines of text."""
    around = [*foot[max(0, at - 1) : at], *foot[at + 1 : at + 2]]
    return bool(around) and all(
        line in feet or _PAGE_NUMBER.match(line) or (_is_garbage(line, known) and len(line) <= _STAMP_WIDTH)
        for line in around
    )


def _is_garbage(line: str, known: set[str]) -> bool:
    """Say whether a short line has no word that the text uses."""
    if not line or len(line) > _STAMP_WIDTH or _LOWER.match(line) or _opens(line) or _FACT.search(line):
        return False
    found = labels.mark(line)
    if found and (not found.rest or re.search(r"[a-záéíóúñ]{4}", found.rest)):
        return False
    tokens = [token for token in re.findall(r"[^\W_]+", line) if token.islower() or token.istitle() or len(token) > 3]
    return not any(word in known for token in tokens for word in words(token))


def _unknown(line: str, known: set[str]) -> bool:
    return not any(word in known for word in words(line))


def _without_closing(page: Sequence[str]) -> list[str]:
    """Drop a decree's closing formula and what follows it on the page: signatures, stamps, distribution."""
    kept: list[str] = []
    closed = False
    for line in page:
        if len(_CLOSING.findall(folded(line))) >= 2:
            closed = True
        elif closed and (_opens(line) or len(line) > 60):
            closed = False
        if not closed:
            kept.append(line)
    return kept


def _without_signatures(page: Sequence[str]) -> list[str]:
    """Drop names over an office («ALCALDE»), initials, and a distribution list to the end of the page."""
    kept: list[str] = []
    for at, line in enumerate(page):
        if _DISTRIBUTION.match(folded(line)):
            break
        if _ROLE.match(folded(line)) and at > 2:
            if kept and is_caps(kept[-1]) and not _opens(kept[-1]):
                kept.pop()
            continue
        if not _INITIALS.match(line):
            kept.append(line)
    return kept

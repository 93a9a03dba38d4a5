"""States and their legal moves, words for searching, distances, and cells that a spreadsheet will not run."""

import math
import re
import unicodedata
from collections.abc import Iterable

from munbot_contracts.complaints import ComplaintStatus as S

from munbot_complaints.complaints.models import ComplaintDocument

_WORKING = frozenset({S.IN_REVIEW, S.FORWARDED, S.WAITING_CITIZEN, S.RESOLVED, S.REJECTED})

TRANSITIONS: dict[S, frozenset[S]] = {
    S.RECEIVED: _WORKING,
    S.IN_REVIEW: _WORKING - {S.IN_REVIEW},
    S.FORWARDED: _WORKING - {S.FORWARDED},
    S.WAITING_CITIZEN: _WORKING - {S.WAITING_CITIZEN},
    S.RESOLVED: frozenset({S.CLOSED, S.REOPENED}),
    S.REJECTED: frozenset({S.CLOSED, S.REOPENED}),
    S.CLOSED: frozenset({S.REOPENED}),
    S.REOPENED: _WORKING,
}
"""Where a complaint may go from each state."""

OPEN = frozenset({S.RECEIVED, S.IN_REVIEW, S.FORWARDED, S.WAITING_CITIZEN, S.REOPENED})
"""States in which the office still owes an answer."""

SETTLED = frozenset({S.RESOLVED, S.REJECTED, S.CLOSED})
"""States in which it has one, or needs none."""

TERM_LENGTH = 4
MAX_TERMS = 60
EARTH_RADIUS_M = 6_371_008.8
_WORD = re.compile(r"[a-z0-9]+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "=", "+", "-", "@")


def can_move(current: S, target: S) -> bool:
    """Whether a complaint may go from `current` to `target`."""
    return target in TRANSITIONS[current]


def merged_into(document: ComplaintDocument) -> str | None:
    """Return the id of the complaint that this one repeats."""
    link = document.get("merged_into")
    return None if link is None else link["id"]


def as_primary(follower: ComplaintDocument, primary: ComplaintDocument) -> ComplaintDocument:
    """Return a merged complaint as its citizen should know it: with the state and the term of the one it follows."""
    shown = follower.copy()
    shown["status"], shown["status_since"] = primary["status"], max(primary["status_since"], follower["status_since"])
    shown["clock"], shown["order"] = primary["clock"], primary["order"]
    return shown


def fold(text: str) -> str:
    """Return `text` in lower case, without accents: the form in which texts are compared."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """Return the folded words of `text`, in order."""
    return _WORD.findall(fold(text))


def index_terms(texts: Iterable[str | None]) -> list[str]:
    """Return what a text is found by: the beginnings of its first sixty distinct words of four letters or more.

    Equality on such a beginning is an index lookup in every server; a `$regex` then decides among the few that it
    finds. Few and short, because each is an index entry that some servers write again with every change (measured on
    SecantusDB: 30 entries made a change five times as slow).
    """
    cuts = (word[:TERM_LENGTH] for text in texts for word in words(text or "") if len(word) >= TERM_LENGTH)
    return list(dict.fromkeys(cuts))[:MAX_TERMS]


def search_text(texts: Iterable[str | None]) -> str:
    """Return the folded words of some texts, separated by single spaces."""
    return " ".join(word for text in texts for word in words(text or ""))


def lookup_term(word: str) -> str | None:
    """Return what `index_terms` keeps of words that begin with `word`, or None for one too short to tell."""
    return word[:TERM_LENGTH] if len(word) >= TERM_LENGTH else None


def distance_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the great-circle distance in metres of two (longitude, latitude) points in degrees."""
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


def safe_cell(value: object) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

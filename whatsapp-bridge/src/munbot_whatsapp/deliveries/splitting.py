"""Cutting long text where a reader would pause. Lengths are in UTF-16 units, the strictest way to count characters."""

import re
import unicodedata

_BORDERS = (
    re.compile(r"\n\s*\n"),  # paragraphs
    re.compile(r"\n"),
    re.compile(r"(?<=[.!?…:;])[»”\")\]]*\s"),  # sentences
    re.compile(r"\s"),
)
_JOINER = "\u200d"
_LONGEST_CLUSTER = 32


def length(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def prefix(text: str, limit: int) -> int:
    """Return how many characters from the beginning fit into `limit` units."""
    units = 0
    for index, character in enumerate(text):
        units += 1 + (character > "\uffff")
        if units > limit:
            return index
    return len(text)


def split(text: str, limit: int) -> list[str]:
    """Return a text in pieces of at most `limit` units, none empty; only blanks at the cuts are lost.

    A cut is made between paragraphs, else lines, else sentences, if there is such a border in the second half of the
    piece; else between words; else between letters.
    """
    pieces = []
    rest = text.strip()
    while length(rest) > limit:
        cut = _cut(rest, prefix(rest, limit))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def split_with_tail(text: str, limit: int, tail_limit: int) -> list[str]:
    """Return pieces as `split` does, the last of at most `tail_limit` units."""
    pieces = split(text, limit)
    if not pieces or length(pieces[-1]) <= tail_limit:
        return pieces
    last = pieces.pop()
    tail = split(last, tail_limit)[-1]
    return [*pieces, last.removesuffix(tail).rstrip(), tail]


def shortened(text: str, limit: int) -> str:
    """Return a text of at most `limit` units, ending with … when something was left out."""
    return text if length(text) <= limit else f"{text[: _cut(text, prefix(text, limit - 1))].rstrip()}…"


def _cut(text: str, fits: int) -> int:
    """Return where to cut a text of which `fits` characters fit and more follow."""
    for border in _BORDERS:
        ends = [match.end() for match in border.finditer(text, 0, fits + 1) if match.start() <= fits]
        if ends and 2 * ends[-1] >= fits:
            return min(ends[-1], fits)
    cut = fits
    while cut > max(1, fits - _LONGEST_CLUSTER) and _inside_cluster(text, cut):
        cut -= 1
    return cut if not _inside_cluster(text, cut) else fits


def _inside_cluster(text: str, cut: int) -> bool:
    """Whether a cut would part a letter from its accent, or an emoji from what makes it another."""
    after = text[cut]
    return (
        text[cut - 1] == _JOINER
        or after == _JOINER
        or unicodedata.category(after) in ("Mn", "Me")
        or "\U0001f3fb" <= after <= "\U0001f3ff"
    )

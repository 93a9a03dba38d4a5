"""What readers make of a file: a flat list of headings, paragraphs, items and rows, in reading order."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"  # a numeral, a letter or a bullet, its mark included
    ROW = "row"  # a line of a table, its cells named
    PAIR = "pair"  # a question and its answer


class Level(IntEnum):
    """Depth of headings in legal texts; headings of Markdown, HTML and DOCX use 1 to 6 as they come."""

    ACT = 1  # the ordinance, the decree, the certificate
    TITLE = 2
    CHAPTER = 3
    PARAGRAPH = 4
    SECTION = 5
    PART = 6  # a short line over text
    ARTICLE = 7


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a document.

    Attributes:
        kind: what it is.
        text: its words in one line, cleaned.
        level: of a heading, 1 the outermost; else 0.
        questions: of a pair, the ways to ask; `text` is then the answer.
    """

    kind: Kind
    text: str
    level: int = 0
    questions: tuple[str, ...] = ()


def heading(text: str, level: int) -> Block:
    """Return a heading."""
    return Block(Kind.HEADING, text, level)

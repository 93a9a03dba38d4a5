"""The headings above a place in a document, and the articles that a document lacks."""

import re
from collections.abc import Iterable, Sequence

from munbot_llm.documents.blocks import Block, Kind, Level

_ARTICLE = re.compile(r"Artículo (\d+)°(?! transitorio)")
_NUMBER = re.compile(r"(?:Capítulo|Párrafo|Sección) (?:(\d+)°|([IVXLC]+)\b)")
_FEW_ARTICLES = 5


class Outline:
    """A stack of headings.

    A scan that lost pages lost their headings too: where articles are missing, the divisions from before the gap are no
    longer believed; where paragraphs start to count anew, neither is the title above them.
    """

    def __init__(self) -> None:
        self._stack: list[Block] = []
        self._fresh: list[Block] = []  # divisions since the last article
        self._article = 0
        self._counted: dict[int, int] = {}

    @property
    def deepest(self) -> Block | None:
        """The last heading."""
        return self._stack[-1] if self._stack else None

    def headings(self) -> tuple[str, ...]:
        """Return the headings, outermost first."""
        return tuple(block.text for block in self._stack)

    def open(self, block: Block) -> Block | None:
        """Put a heading under those above it; return the one that it replaces, if nothing deeper stood under that."""
        left = self._stack[-1] if self._stack and self._stack[-1].level >= block.level else None
        while self._stack and self._stack[-1].level >= block.level:
            self._stack.pop()
        number = _ARTICLE.match(block.text)
        if number and block.level >= Level.ARTICLE:
            self._passes_gap(int(number[1]))
        else:
            self._counts_anew(block)
            self._fresh.append(block)
        self._stack.append(block)
        return left

    def _passes_gap(self, number: int) -> None:
        if self._article and number > self._article + 1:
            self._stack = [
                above for above in self._stack if above.level == Level.ACT or any(above is new for new in self._fresh)
            ]
        self._article, self._fresh = number, []

    def _counts_anew(self, block: Block) -> None:
        if block.level <= Level.TITLE:
            self._counted = {}
            self._article = 0 if block.level == Level.ACT else self._article
        found = _NUMBER.match(block.text)
        if not found or not found[1]:
            return
        if int(found[1]) <= self._counted.get(block.level, 0):
            self._stack = [above for above in self._stack if above.level == Level.ACT]
        self._counted[block.level] = int(found[1])


def missing_articles(blocks: Iterable[Block]) -> list[int]:
    """Return the numbers that are lacking between the articles of each act, of acts with several articles."""
    acts: list[list[int]] = [[]]
    for block in blocks:
        if block.kind is not Kind.HEADING:
            continue
        if block.level == Level.ACT:
            acts.append([])
        found = _ARTICLE.match(block.text) if block.level >= Level.ARTICLE else None
        if found:
            acts[-1].append(int(found[1]))
    return [number for numbers in acts if len(numbers) >= _FEW_ARTICLES for number in _lacking(numbers)]


def _lacking(numbers: Sequence[int]) -> list[int]:
    known = set(numbers)
    return [number for number in range(1, max(known)) if number not in known]


def ranges(numbers: Sequence[int], most: int) -> str:
    """Write numbers shortly: «1 a 3, 7»; `most` ranges, then «…»."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1] = [parts[-1][0], number]
        else:
            parts.append([number])
    written = [str(part[0]) if len(part) == 1 else f"{part[0]} a {part[-1]}" for part in parts]
    return ", ".join(written[:most]) + (", …" if len(written) > most else "")

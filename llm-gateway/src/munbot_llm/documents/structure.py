"""What all readers' blocks go through: articles become headings and get their titles, markup goes."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from munbot_llm.documents import labels
from munbot_llm.documents.blocks import Block, Kind, Level, heading
from munbot_llm.documents.sentences import sentences
from munbot_llm.documents.titles import has_finite_verb

_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_OPEN_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LONGEST_TITLE = 80
_DEEPEST_MARKUP = 5  # tags written inside tags; what is left then loses its brackets


def structured(blocks: Iterable[Block]) -> list[Block]:
    """Return the blocks with articles recognised, titled, and without markup or empty ones."""
    return list(_titled(list(_with_articles(_without_markup(blocks)))))


def without_markup(text: str) -> str:
    """Return the words of a text that may hold HTML, which no reader of passages should ever run."""
    for _ in range(_DEEPEST_MARKUP):
        text, found = _TAG.subn(" ", text)
        if not found:
            break
    return " ".join(_OPEN_TAG.sub("‹", text).split())


def plain_words(text: str) -> str:
    """Return a text with its HTML entities read and its markup removed."""
    return without_markup(html.unescape(text))


def _without_markup(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        text = without_markup(block.text) if "<" in block.text else block.text.strip()
        questions = tuple(without_markup(question) for question in block.questions)
        if text:
            yield replace(block, text=text, questions=questions)


def _with_articles(blocks: Iterable[Block]) -> Iterator[Block]:
    """Make headings of articles and divisions that a reader took for paragraphs or for headings of another level."""
    divisions: dict[Level, int] = {}
    for block in blocks:
        if block.kind not in {Kind.PARAGRAPH, Kind.HEADING} or _is_legal(block):
            yield block
            continue
        found = labels.article(block.text)
        if found and (found.firm or block.kind is Kind.HEADING or not found.rest):
            title = found.rest if block.kind is Kind.HEADING else ""
            yield heading(f"{found.label}. {title}" if title else found.label, max(block.level, Level.ARTICLE))
            if found.rest and not title:
                yield Block(Kind.PARAGRAPH, found.rest)
            continue
        division = labels.division(block.text, divisions) if len(block.text) < 160 else None
        if division and block.kind is Kind.PARAGRAPH:
            yield heading(f"{division.label}. {division.rest}" if division.rest else division.label, division.level)
            continue
        yield block


def _is_legal(block: Block) -> bool:
    return block.kind is Kind.HEADING and block.level >= Level.ARTICLE


def _titled(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give articles their titles: the short sentence they open with, or the section's line right above."""
    for at, block in enumerate(blocks):
        if not (_is_legal(block) and labels.article(block.text) and ". " not in block.text):
            yield block
            continue
        title = _own_title(blocks[at + 1]) if at + 1 < len(blocks) else ""
        above = blocks[at - 1] if at else None
        if not title and above and above.kind is Kind.HEADING and above.level == Level.SECTION:
            found = labels.mark(above.text)
            title = found.rest if found else above.text
        yield replace(block, text=f"{block.text}. {title}") if title else block


def _own_title(following: Block) -> str:
    if following.kind is not Kind.PARAGRAPH:
        return ""
    found = re.match(r"([A-ZÁÉÍÓÚÑ«\"“][^.:]{3,80}?)\s*(?:\.-|[.:])\s+(?=[A-ZÁÉÍÓÚÑ¿«\"“])", following.text)
    if not found or len(found[1]) > _LONGEST_TITLE or has_finite_verb(found[1]):
        return ""
    whole = sentences(following.text)
    ends_there = len(found[0]) >= len(whole[0]) or found[0].rstrip().endswith(":")
    return found[1].strip(' "“«') if ends_there and len(found[1].split()) <= 10 else ""

"""Markdown: headings, paragraphs, lists, tables; emphasis and links become plain words."""

import re
from collections.abc import Iterator

from munbot_llm.documents.blocks import Block, Kind, heading
from munbot_llm.documents.reading import Reading
from munbot_llm.documents.structure import plain_words
from munbot_llm.documents.text import clean, one_line

_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)\s*$")
_RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_ITEM = re.compile(r"^(\s*)(?:([-*+•])|(\d{1,4}[.)]))\s+(.*)$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
# Every repetition is bounded, so that no text makes these slow.
_IMAGE = re.compile(r"!\[([^\[\]]{0,300})\]\([^()]{0,500}\)")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\( {0,3}<?([^()\s<>]{0,500})>?[^()]{0,200}\)")
_REFERENCE_LINK = re.compile(r"\[([^\[\]]{1,300})\]\[[^\[\]]{0,100}\]")
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s+\S+")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,500}|[\w.+-]{1,100}@[\w.-]{1,100})>")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_]{1,500}?)(?<=\S)\1(?![\w*])")
_CODE = re.compile(r"`{1,3}([^`]{1,500})`{1,3}")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>~-])")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CODE_TAGS = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)


def read_markdown(text: str) -> Reading:
    """Return the blocks; the title is that of the front matter or the first heading of the first level."""
    lines = _CODE_TAGS.sub(" ", _COMMENT.sub(" ", clean_keeping_indents(text))).split("\n")
    title, lines = _front_matter(lines)
    blocks = list(_blocks(lines))
    first = next((block for block in blocks if block.kind is Kind.HEADING), None)
    return Reading(blocks, title or (first.text if first and first.level == 1 else ""))


def clean_keeping_indents(text: str) -> str:
    """Clean a text's lines and keep the spaces before them, which nest lists."""
    lines = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n"):
        words = clean(line).replace("\n", " ")
        lines.append(" " * (len(line) - len(line.lstrip(" "))) + words if words else "")
    return "\n".join(lines)


def inline(text: str) -> str:
    """Return the plain words of a line of Markdown; a link keeps its address if it leads elsewhere."""
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(lambda found: _link(found[1], found[2]), text)
    text = _AUTOLINK.sub(r"\1", _REFERENCE_LINK.sub(r"\1", text))
    text = _CODE.sub(r"\1", _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text)))
    return one_line(plain_words(_ESCAPE.sub(r"\1", text)))


def _link(words: str, address: str) -> str:
    address = address.removeprefix("mailto:").removeprefix("tel:")
    if address.startswith(("http://", "https://")) or "@" in address or address[:1] == "+":
        return words if address in words else f"{words} ({address})"
    return words


def _front_matter(lines: list[str]) -> tuple[str, list[str]]:
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:40]]:
        return "", lines
    end = [line.strip() for line in lines].index("---", 1)
    found = next((line for line in lines[1:end] if re.match(r"^(?:title|titulo|título)\s*:", line, re.IGNORECASE)), "")
    return inline(found.partition(":")[2].strip(" \"'")), lines[end + 1 :]


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    text: list[str] = []
    while at < len(lines):
        line = lines[at]
        if _opens_block(lines, at, text):
            yield from _paragraph(text)
            text = []
        if found := _HEADING.match(line):
            yield heading(inline(found[2]), len(found[1]))
        elif text and _UNDERLINE.match(line):
            yield heading(inline(" ".join(text)), 1 if "=" in line else 2)
            text = []
        elif _FENCE.match(line) or not line.strip() or _RULE.match(line) or _REFERENCE.match(line):
            pass
        elif _is_table(lines, at):
            rows, at = _table(lines, at)
            yield from rows
            continue
        elif found := _ITEM.match(line):
            item, at = _item(lines, at)
            yield item
            continue
        else:
            text.append(line.lstrip(" >"))
        at += 1
    yield from _paragraph(text)


def _opens_block(lines: list[str], at: int, text: list[str]) -> bool:
    line = lines[at]
    if text and _UNDERLINE.match(line):
        return False
    opens = (_HEADING, _FENCE, _RULE, _ITEM, _REFERENCE)
    return not line.strip() or any(known.match(line) for known in opens) or _is_table(lines, at)


def _paragraph(text: list[str]) -> Iterator[Block]:
    words = inline(" ".join(text))
    if words:
        yield Block(Kind.PARAGRAPH, words)


def _item(lines: list[str], at: int) -> tuple[Block, int]:
    found = _ITEM.match(lines[at])
    assert found
    text = [found[4]]
    at += 1
    while at < len(lines) and lines[at].strip() and not _opens_block(lines, at, []):
        text.append(lines[at].strip())
        at += 1
    mark = f"{found[3]}" if found[3] else "•"
    return Block(Kind.ITEM, f"{mark} {inline(' '.join(text))}"), at


def _is_table(lines: list[str], at: int) -> bool:
    return "|" in lines[at] and at + 1 < len(lines) and "|" in lines[at + 1] and bool(_TABLE_RULE.match(lines[at + 1]))


def _table(lines: list[str], at: int) -> tuple[list[Block], int]:
    names = _cells(lines[at])
    at += 2
    rows: list[Block] = []
    while at < len(lines) and "|" in lines[at]:
        rows.append(row(names, _cells(lines[at])))
        at += 1
    return rows, at


def _cells(line: str) -> list[str]:
    return [inline(cell) for cell in re.split(r"(?<!\\)\|", line.strip().removeprefix("|").removesuffix("|"))]


def row(names: list[str], cells: list[str]) -> Block:
    """Return a table's row as a sentence whose cells are named: «Día: lunes; Hora: 9:00»."""
    named = [
        f"{names[at]}: {cell}" if at < len(names) and names[at] and names[at] != cell else cell
        for at, cell in enumerate(cells)
        if cell
    ]
    return Block(Kind.ROW, "; ".join(named))

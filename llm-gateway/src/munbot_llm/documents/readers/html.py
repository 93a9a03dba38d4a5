"""HTML: the main content; navigation, footers, scripts and forms are dropped, and no markup is left."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from munbot_llm.documents.blocks import Block, Kind, heading
from munbot_llm.documents.limits import Limits
from munbot_llm.documents.problems import DocumentTooLarge, detail
from munbot_llm.documents.readers.markdown import row
from munbot_llm.documents.reading import Reading
from munbot_llm.documents.text import one_line

_DROPPED = frozenset(
    [
        *(
            "script",
            "style",
            "noscript",
            "template",
            "svg",
            "math",
            "canvas",
            "iframe",
            "object",
            "embed",
            "form",
            "button",
        ),
        *("input", "select", "textarea", "nav", "header", "footer", "aside", "head", "dialog", "menu"),
    ]
)
_BLOCKS = frozenset(
    [
        *(
            "p",
            "div",
            "section",
            "article",
            "main",
            "blockquote",
            "pre",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "table",
            "tr",
        ),
        *(
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "figure",
            "figcaption",
            "address",
            "details",
            "summary",
            "body",
            "html",
            "hr",
        ),
    ]
)
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|footer|sidebar|breadcrumbs?|cookies?|share|social|comments?|banner|pagination|skip)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST_TAGS = 200_000
_DEEPEST = 100
_ENOUGH = 200  # characters of a main content that is believed


def read_html(data: bytes | str, limits: Limits) -> Reading:
    """Return the blocks of a page's main content; the title is the first h1, else the page's.

    Raises:
        DocumentTooLarge: more tags than a page has.
    """
    marks = data.count(b"<") if isinstance(data, bytes) else data.count("<")
    if marks > _MOST_TAGS:
        raise DocumentTooLarge(detail("too_much_text", limit=limits.characters / 1_000_000))
    soup = BeautifulSoup(data, "html.parser")
    title = _title(soup)
    blocks = list(_Walk().blocks(_main(soup)))
    return Reading(blocks, title)


def _title(soup: BeautifulSoup) -> str:
    heads = soup.find_all("h1", limit=2)
    if len(heads) == 1:
        return one_line(heads[0].get_text(" "))
    return one_line(soup.title.get_text(" ")) if soup.title else ""


def _main(soup: BeautifulSoup) -> Tag:
    for choice in ("main", "[role=main]", "article"):
        found = soup.select(choice, limit=2)
        if len(found) == 1 and len(found[0].get_text(" ", strip=True)) > _ENOUGH:
            return found[0]
    return soup.body or soup


@dataclass(slots=True)
class _List:
    numbered: bool
    lettered: bool
    items: int = 0


class _Walk:
    """Goes through the tree once, gathering the words between block tags."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._kind = Kind.PARAGRAPH
        self._mark = ""
        self._lists: list[_List] = []

    def blocks(self, root: Tag) -> Iterator[Block]:
        yield from self._inside(root, 0)
        yield from self._flush()

    def _inside(self, tag: Tag, depth: int) -> Iterator[Block]:
        for child in tag.children:
            if isinstance(child, Tag):
                yield from self._tag(child, depth + 1)
            elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
                self._words.append(str(child))

    def _tag(self, tag: Tag, depth: int) -> Iterator[Block]:
        name = tag.name.lower()
        if name in _DROPPED or _is_furniture(tag):
            return
        if depth > _DEEPEST:
            self._words.append(tag.get_text(" "))
            return
        if name == "br":
            yield from self._flush(keep=True)
            return
        if name == "img":
            return
        if name not in _BLOCKS:
            yield from self._inside(tag, depth)
            return
        yield from self._flush()
        if re.fullmatch("h[1-6]", name):
            text = one_line(tag.get_text(" "))
            if text:
                yield heading(text, int(name[1]))
        elif name == "table":
            yield from self._table(tag)
        else:
            yield from self._block(tag, name, depth)

    def _block(self, tag: Tag, name: str, depth: int) -> Iterator[Block]:
        before = self._kind, self._mark
        if name in {"li", "dd"}:
            self._kind, self._mark = Kind.ITEM, self._next_mark()
        elif name in {"ol", "ul", "dl"}:
            self._lists.append(_List(name == "ol", tag.get("type") == "a"))
        yield from self._inside(tag, depth)
        yield from self._flush()
        self._kind, self._mark = before
        if name in {"ol", "ul", "dl"}:
            self._lists.pop()

    def _next_mark(self) -> str:
        if not self._lists or not self._lists[-1].numbered:
            return "•"
        last = self._lists[-1]
        last.items += 1
        return f"{chr(96 + last.items)})" if last.lettered and last.items <= 26 else f"{last.items}."

    def _table(self, table: Tag) -> Iterator[Block]:
        names: list[str] = []
        for line in table.find_all("tr"):
            cells = [one_line(cell.get_text(" ")) for cell in line.find_all(["td", "th"])]
            heads = line.find_all("th")
            if not any(cells):
                continue
            if heads and len(heads) == len(cells) and not names:
                names = cells
            else:
                yield row(names, cells) if names else Block(Kind.ROW, "; ".join(cell for cell in cells if cell))

    def _flush(self, *, keep: bool = False) -> Iterator[Block]:
        text = one_line(" ".join(self._words)) if keep else one_line("".join(self._words))
        self._words = []
        if text:
            yield Block(self._kind, f"{self._mark} {text}".strip())
            if self._kind is Kind.ITEM:
                self._kind, self._mark = Kind.PARAGRAPH, ""


def _is_furniture(tag: Tag) -> bool:
    if tag.get("hidden") is not None or tag.get("aria-hidden") == "true":
        return True
    if tag.get("role") in {"navigation", "banner", "contentinfo", "search", "complementary", "dialog"}:
        return True
    classes: Any = tag.get("class") or []
    text = " ".join([*([classes] if isinstance(classes, str) else classes), str(tag.get("id") or "")])
    return bool(text.strip() and _FURNITURE.search(text)) and tag.name not in {"body", "main", "article", "html"}

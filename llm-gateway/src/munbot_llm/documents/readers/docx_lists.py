"""The numbers and letters that Word writes before the items of a list; they are not in the text."""

from collections import defaultdict
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

from munbot_llm.documents.labels import roman

_LETTERS = 26


class Numbering:
    """Counts the items of each list as Word would."""

    def __init__(self, document: Document) -> None:
        self._formats: dict[tuple[str, int], tuple[str, str]] = {}
        self._counts: dict[tuple[str, int], int] = defaultdict(int)
        self._read(document)
        self._styles = {
            str(style.name or "").strip().lower(): _numbered(style.element)
            for style in document.styles
            if _numbered(style.element) is not None
        }

    def _read(self, document: Document) -> None:
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        abstract: dict[str, dict[int, tuple[str, str]]] = {}
        for definition in root.iterchildren(qn("w:abstractNum")):
            levels = {}
            for level in definition.iterchildren(qn("w:lvl")):
                kind, text = level.find(qn("w:numFmt")), level.find(qn("w:lvlText"))
                levels[int(level.get(qn("w:ilvl"), "0"))] = (_value(kind, "decimal"), _value(text, "%1."))
            abstract[definition.get(qn("w:abstractNumId"), "")] = levels
        for number in root.iterchildren(qn("w:num")):
            levels = abstract.get(_value(number.find(qn("w:abstractNumId")), ""), {})
            for depth, formats in levels.items():
                self._formats[number.get(qn("w:numId"), ""), depth] = formats

    def mark(self, paragraph: Any, style: str) -> str:
        """Return the mark of a paragraph, "" when it is in no list."""
        found = _numbered(paragraph)
        if found is None:
            found = self._styles.get(style)
        if found is None:
            return "•" if style.startswith(("list bullet", "lista con viñetas")) else ""
        number, depth = _value(found.find(qn("w:numId")), "0"), int(_value(found.find(qn("w:ilvl")), "0"))
        if number == "0":
            return ""
        kind, text = self._formats.get((number, depth), ("bullet", ""))
        if kind in {"bullet", "none"}:
            return "•" if kind == "bullet" else ""
        self._counts[number, depth] += 1
        for deeper in [key for key in self._counts if key[0] == number and key[1] > depth]:
            del self._counts[deeper]
        for level in range(depth + 1):
            value = max(1, self._counts[number, level])
            text = text.replace(f"%{level + 1}", _written(value, self._formats.get((number, level), (kind, ""))[0]))
        return text


def _numbered(element: Any) -> Any:
    properties = element.find(qn("w:pPr"))
    return properties.find(qn("w:numPr")) if properties is not None else None


def _value(element: Any, default: str) -> str:
    return str(element.get(qn("w:val"), default)) if element is not None else default


def _written(value: int, kind: str) -> str:
    if kind == "lowerLetter" and value <= _LETTERS:
        return chr(96 + value)
    if kind == "upperLetter" and value <= _LETTERS:
        return chr(64 + value)
    if kind in {"lowerRoman", "upperRoman"} and value < 400:
        return roman(value).lower() if kind == "lowerRoman" else roman(value)
    return str(value)

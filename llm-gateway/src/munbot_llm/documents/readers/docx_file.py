"""Opening a DOCX, in the child process: its paragraphs and tables in order."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn

from munbot_llm.documents.limits import MEGABYTE, Limits
from munbot_llm.documents.problems import (
    DocumentCorrupt,
    DocumentEmpty,
    DocumentKindUnsupported,
    DocumentTooLarge,
    DocumentWithoutText,
)
from munbot_llm.documents.readers.docx_lists import Numbering
from munbot_llm.documents.refusal import Refused

_CHUNK = MEGABYTE
_MOST_MEMBERS = 5000
_HEADING = re.compile(r"^(?:heading|t[ií]tulo|encabezado)\s*([1-6])$")
_SKIPPED = frozenset(
    qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:txbxContent", "w:pict", "w:drawing")
)


def open_docx(data: bytes, limits: Limits) -> dict[str, Any]:
    """Return `{"title", "entries": [{"kind": heading|paragraph|item|row, "text", "level"}]}`.

    Raises:
        Refused: not a Word document, broken, too large once expanded, or without text.
    """
    pictures = _check_archive(data, limits)
    document = docx.Document(io.BytesIO(data))
    entries = list(_entries(document))
    size = sum(len(entry["text"]) for entry in entries)
    if size > limits.characters:
        raise Refused(DocumentTooLarge.code, "too_much_text", limit=limits.characters / 1_000_000)
    if not entries:
        if pictures:
            raise Refused(DocumentWithoutText.code, "no_text")
        raise Refused(DocumentEmpty.code, "empty")
    return {"title": str(document.core_properties.title or "")[:300], "entries": entries}


def _check_archive(data: bytes, limits: Limits) -> int:
    """Expand every member, counting, and return how many pictures there are; a declared size proves nothing."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise Refused(DocumentCorrupt.code, "docx_broken") from error
    names = archive.namelist()
    if "word/document.xml" not in names:
        raise Refused(DocumentKindUnsupported.code, "kind_unsupported", kind="ZIP")
    expanded = 0
    too_large = Refused(DocumentTooLarge.code, "too_much_inside", limit=limits.expanded_bytes // MEGABYTE)
    if len(names) > _MOST_MEMBERS or sum(info.file_size for info in archive.infolist()) > limits.expanded_bytes:
        raise too_large
    for name in names:
        with archive.open(name) as member:
            while chunk := member.read(_CHUNK):
                expanded += len(chunk)
                if expanded > limits.expanded_bytes:
                    raise too_large
    return sum(name.startswith("word/media/") for name in names)


def _entries(document: Document) -> Iterator[dict[str, Any]]:
    numbering = Numbering(document)
    for element in _in_order(document.element.body):
        if element.tag == qn("w:tbl"):
            yield from _rows(element)
            continue
        text = _text(element)
        if not text:
            continue
        style = _style(document, element)
        found = _HEADING.match(style)
        level = int(found[1]) if found else (1 if style in {"title", "título", "titulo"} else 0)
        mark = numbering.mark(element, style)
        if level:
            yield {"kind": "heading", "text": f"{mark} {text}".strip(), "level": level}
        else:
            yield {"kind": "item" if mark else "paragraph", "text": f"{mark} {text}".strip(), "level": 0}


def _in_order(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables, also those inside content controls."""
    for element in parent:
        if element.tag in {qn("w:p"), qn("w:tbl")}:
            yield element
        elif element.tag == qn("w:sdt"):
            for content in element.iterchildren(qn("w:sdtContent")):
                yield from _in_order(content)
        elif element.tag in {qn("w:ins"), qn("w:smartTag"), qn("w:customXml")}:
            yield from _in_order(element)


def _text(element: Any) -> str:
    parts: list[str] = []
    for node in element.iterchildren():
        if node.tag in _SKIPPED:
            continue
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.tag in {qn("w:tab"), qn("w:cr")}:
            parts.append(" ")
        elif node.tag == qn("w:br"):
            parts.append("\n")
        elif node.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        else:
            parts.append(_text(node))
    return "".join(parts).strip() if element.tag == qn("w:p") else "".join(parts)


def _style(document: Document, element: Any) -> str:
    properties = element.find(qn("w:pPr"))
    found = properties.find(qn("w:pStyle")) if properties is not None else None
    if found is None:
        return ""
    wanted = found.get(qn("w:val"))
    name = next((style.name for style in document.styles if style.style_id == wanted), wanted)
    return str(name or "").strip().lower()


def _rows(table: Any) -> Iterator[dict[str, Any]]:
    rows = [
        [" ".join(_text(part) for part in cell.iter(qn("w:p"))).strip() for cell in line.iterchildren(qn("w:tc"))]
        for line in table.iterchildren(qn("w:tr"))
    ]
    rows = [cells for cells in rows if any(cells)]
    if len(rows) < 2 or max(map(len, rows)) == 1:
        for cells in rows:
            yield {"kind": "paragraph", "text": "; ".join(cell for cell in cells if cell), "level": 0}
        return
    names = rows[0]
    for cells in rows[1:]:
        yield {"kind": "row", "text": "", "level": 0, "names": names, "cells": cells}

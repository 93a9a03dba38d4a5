"""From a file's bytes to passages."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from munbot_llm.documents.blocks import Block
from munbot_llm.documents.cutting import passages_of
from munbot_llm.documents.encoding import decode
from munbot_llm.documents.kinds import FileKind, kind_of
from munbot_llm.documents.limits import DEFAULT_LIMITS, MEGABYTE, Limits
from munbot_llm.documents.outline import missing_articles, ranges
from munbot_llm.documents.passages import Passage
from munbot_llm.documents.problems import DocumentEmpty, DocumentTooLarge, detail, warning
from munbot_llm.documents.readers.html import read_html
from munbot_llm.documents.readers.markdown import read_markdown
from munbot_llm.documents.readers.office import read_docx, read_pdf
from munbot_llm.documents.readers.pairs import read_pairs
from munbot_llm.documents.readers.plain import read_text
from munbot_llm.documents.reading import Reading
from munbot_llm.documents.structure import structured, without_markup
from munbot_llm.documents.text import one_line
from munbot_llm.documents.words import resource

_NAMED_ARTICLES = 10  # ranges in a warning


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """A document ready to be indexed.

    Attributes:
        title: as given, else as the document or its file calls itself.
        passages: in reading order, positions from 0.
        warnings: in Spanish, such as «3 páginas sin texto».
    """

    title: str
    passages: list[Passage]
    warnings: list[str]


def read(filename: str, data: bytes, *, limits: Limits = DEFAULT_LIMITS) -> list[Block]:
    """Return a file's blocks.

    Raises:
        DocumentEmpty, DocumentTooLarge, DocumentKindUnsupported, DocumentCorrupt, DocumentWithoutText.
    """
    return _reading(filename, data, limits).blocks


def import_document(
    document_id: str, filename: str, data: bytes, title: str | None = None, *, limits: Limits = DEFAULT_LIMITS
) -> ImportedDocument:
    """Read a file and cut it into passages; raises like `read`, and DocumentEmpty when nothing is left of it."""
    reading = _reading(filename, data, limits)
    name = without_markup(one_line(title or "")) or without_markup(reading.title) or title_of_file(filename)
    passages = passages_of(document_id, name, reading.blocks)
    if not passages:
        raise DocumentEmpty(detail("nothing_left"))
    return ImportedDocument(name, passages, reading.warnings)


def title_of_file(filename: str) -> str:
    """Return a file's name as people say it: «ORD-Patentes.txt» is «Ordenanza: Patentes»."""
    stem = one_line(PurePath(filename.replace("\\", "/")).stem.replace("_", " "))
    known = dict(resource("es")["prefixes"])
    found = re.match(r"^([A-Za-z]{3,4})\s?[-–.]\s?(?=\S)", stem)
    if found and found[1].upper() in known:
        stem = f"{known[found[1].upper()]}: {stem[found.end() :]}"
    elif " " not in stem:
        stem = stem.replace("-", " ").strip()
    return without_markup(stem) or str(resource("es")["headings"]["untitled"])


def _reading(filename: str, data: bytes, limits: Limits) -> Reading:
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(
            detail("too_many_bytes", megabytes=-(-len(data) // MEGABYTE), limit=limits.file_bytes // MEGABYTE)
        )
    if not data.strip(b"\0 \t\r\n\f"):
        raise DocumentEmpty(detail("empty"))
    reading = _by_kind(kind_of(filename, data), data, limits)
    reading.blocks = structured(reading.blocks)
    missing = missing_articles(reading.blocks)
    if missing:
        reading.warnings.append(warning("articles_missing", numbers=ranges(missing, _NAMED_ARTICLES)))
    return reading


def _by_kind(kind: FileKind, data: bytes, limits: Limits) -> Reading:
    if kind is FileKind.PDF:
        return read_pdf(data, limits)
    if kind is FileKind.DOCX:
        return read_docx(data, limits)
    text, encoding = decode(data)
    if not text.strip():
        raise DocumentEmpty(detail("empty"))
    if len(text) > limits.characters:
        raise DocumentTooLarge(detail("too_much_text", limit=limits.characters / 1_000_000))
    reading = _of_text(kind, text, limits)
    if encoding != "utf-8":
        reading.warnings.append(warning("encoding", encoding=encoding))
    return reading


def _of_text(kind: FileKind, text: str, limits: Limits) -> Reading:
    if kind in {FileKind.YAML, FileKind.JSON, FileKind.CSV}:
        return read_pairs(text, kind.value, limits)
    if kind is FileKind.MARKDOWN:
        return read_markdown(text)
    if kind is FileKind.HTML:
        return read_html(text, limits)
    return Reading(read_text(text))

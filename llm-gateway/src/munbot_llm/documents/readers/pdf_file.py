"""Opening a PDF, in the child process: the lines of each page."""

import io
import logging
import time
from typing import Any

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from munbot_llm.documents.limits import MEGABYTE, Limits
from munbot_llm.documents.problems import DocumentCorrupt, DocumentTooLarge, DocumentWithoutText
from munbot_llm.documents.refusal import Refused

_READABLE = 0.6  # of a page's characters are letters, digits and spaces; else its font tells nothing


def open_pdf(data: bytes, limits: Limits) -> dict[str, Any]:
    """Return `{"title", "pages": [text], "without_text": [number], "broken": [number]}`, numbers from 1.

    Raises:
        Refused: encrypted, broken, too many pages, too much inside, too slow, or no text on any page.
    """
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    deadline = time.monotonic() + limits.seconds
    reader = _reader(data)
    count = len(reader.pages)
    if count > limits.pages:
        raise Refused(DocumentTooLarge.code, "too_many_pages", pages=count, limit=limits.pages)
    pages: list[str] = []
    without_text: list[int] = []
    broken: list[int] = []
    size = 0
    for number in range(1, count + 1):
        text = _text(reader, number, broken, limits)
        size += len(text)
        if size > limits.characters:
            raise Refused(DocumentTooLarge.code, "too_much_text", limit=limits.characters / 1_000_000)
        if time.monotonic() > deadline:
            raise Refused(DocumentTooLarge.code, "too_slow", seconds=round(limits.seconds))
        if not text and number not in broken:
            without_text.append(number)
        pages.append(text)
    if not any(pages):
        if len(broken) == count:
            raise Refused(DocumentCorrupt.code, "pdf_broken")
        raise Refused(DocumentWithoutText.code, "scan", pages=count)
    return {"title": _title(reader), "pages": pages, "without_text": without_text, "broken": broken}


def _reader(data: bytes) -> pypdf.PdfReader:
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused(DocumentCorrupt.code, "pdf_encrypted")
        len(reader.pages)
    except (DependencyError, FileNotDecryptedError) as error:
        raise Refused(DocumentCorrupt.code, "pdf_encrypted") from error
    return reader


def _text(reader: pypdf.PdfReader, number: int, broken: list[int], limits: Limits) -> str:
    try:
        text = reader.pages[number - 1].extract_text()
    except LimitReachedError as error:
        raise Refused(DocumentTooLarge.code, "too_much_inside", limit=limits.expanded_bytes // MEGABYTE) from error
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        broken.append(number)
        return ""
    readable = sum(letter.isalnum() or letter.isspace() for letter in text)
    return text.strip("\n") if readable >= _READABLE * len(text) else ""


def _title(reader: pypdf.PdfReader) -> str:
    try:
        title = reader.metadata.title if reader.metadata else ""
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError):
        return ""
    return str(title or "")[:300]

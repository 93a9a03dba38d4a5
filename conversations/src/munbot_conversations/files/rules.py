"""Which files officials may send, told by their content, and under which name."""

import io
import re
import zipfile
from dataclasses import dataclass

FILENAME_LIMIT = 100
_OFFICE_ENTRIES = 10_000
"""More entries than any document has; a longer list is not read to its end."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file: its content type, its extension, and what kind of message it makes."""

    content_type: str
    extension: str
    message_kind: str


_MAGIC: tuple[tuple[re.Pattern[bytes], FileKind], ...] = (
    (re.compile(rb"\xff\xd8\xff"), FileKind("image/jpeg", "jpg", "image")),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileKind("image/png", "png", "image")),
    (re.compile(rb"%PDF-[12]\.\d"), FileKind("application/pdf", "pdf", "document")),
    (re.compile(rb"OggS\x00.{23}.{0,255}OpusHead", re.DOTALL), FileKind("audio/ogg", "ogg", "audio")),
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xfa\xfb\xf2\xf3]"), FileKind("audio/mpeg", "mp3", "audio")),
)
_ZIP = b"PK\x03\x04"
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OFFICE = {
    "word/document.xml": FileKind(f"{_OPEN_XML}.wordprocessingml.document", "docx", "document"),
    "xl/workbook.xml": FileKind(f"{_OPEN_XML}.spreadsheetml.sheet", "xlsx", "document"),
    "ppt/presentation.xml": FileKind(f"{_OPEN_XML}.presentationml.presentation", "pptx", "document"),
}

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"})
"""Content types that a browser may show; sounds too. All others are only ever saved."""


def kind_of(data: bytes) -> FileKind | None:
    """Return what a file is by its first bytes, and by its parts for office documents; None for what is not taken.

    Programs, scripts, pages, archives and documents with macros are not among it, whatever their name says.
    """
    if data.startswith(_ZIP):
        return _office_kind(data)
    return next((kind for magic, kind in _MAGIC if magic.match(data)), None)


def _office_kind(data: bytes) -> FileKind | None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {entry.filename for entry in archive.infolist()[:_OFFICE_ENTRIES]}
            if len(archive.filelist) > _OFFICE_ENTRIES:
                return None
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError):
        return None
    if "[Content_Types].xml" not in names or any("vbaproject" in name.lower() for name in names):
        return None
    return next((kind for name, kind in _OFFICE.items() if name in names), None)


def filename_for(given: str, kind: FileKind) -> str:
    """Return the name a file is shown and saved under: no path, nothing invisible, the extension it deserves."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*\ufffd').strip(" .")
    stem, dot, extension = plain.rpartition(".")
    if not dot or extension.lower() not in {kind.extension, "jpeg"}:
        stem = plain
    return f"{stem.strip(' .')[:FILENAME_LIMIT] or 'archivo'}.{kind.extension}"


def is_shown(content_type: str) -> bool:
    """Tell whether a browser may show a file of this type instead of saving it."""
    return content_type in SHOWN or content_type.startswith("audio/")

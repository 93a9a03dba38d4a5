"""What a file is: by its first bytes, then by its text, then by its name."""

import json
import re
from enum import StrEnum
from pathlib import PurePath

from munbot_llm.documents.problems import DocumentCorrupt, DocumentKindUnsupported, detail

_SNIFFED = 4096


class FileKind(StrEnum):
    """Kinds that can be read."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"
    YAML = "yaml"
    JSON = "json"
    CSV = "csv"


_BY_SUFFIX = {
    ".txt": FileKind.TEXT,
    ".md": FileKind.MARKDOWN,
    ".markdown": FileKind.MARKDOWN,
    ".htm": FileKind.HTML,
    ".html": FileKind.HTML,
    ".xhtml": FileKind.HTML,
    ".pdf": FileKind.PDF,
    ".docx": FileKind.DOCX,
    ".yml": FileKind.YAML,
    ".yaml": FileKind.YAML,
    ".json": FileKind.JSON,
    ".csv": FileKind.CSV,
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"RIFF", "RIFF"),
    (b"OggS", "OGG"),
    (b"ID3", "MP3"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"GGUF", "GGUF"),
    (b"SQLite format 3", "SQLite"),
    (b"%!PS", "PostScript"),
)
_HTML = re.compile(
    rb"^\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN = re.compile(r"^#{1,6} \S", re.MULTILINE)


def kind_of(filename: str, data: bytes) -> FileKind:
    """Return what the bytes are; the name decides only among texts.

    Raises:
        DocumentKindUnsupported: an image, an archive, an old Word file...
        DocumentCorrupt: named .pdf or .docx and none.
    """
    suffix = PurePath(filename.replace("\\", "/").lower()).suffix
    head = data[:_SNIFFED]
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF
    if head.startswith(b"PK\x03\x04"):
        return _archive(suffix, data)
    if head.startswith(_OLE):
        raise _old_word(suffix, data)
    for mark, name in _OTHERS:
        if head.startswith(mark):
            raise DocumentKindUnsupported(detail("kind_unsupported", kind=name))
    named = _BY_SUFFIX.get(suffix)
    if named is FileKind.PDF or named is FileKind.DOCX or head.startswith(b"PK"):
        raise DocumentCorrupt(detail("pdf_broken" if named is FileKind.PDF else "docx_broken"))
    return _text_kind(named, head)


def _archive(suffix: str, data: bytes) -> FileKind:
    if b"word/" in data or suffix == ".docx":
        return FileKind.DOCX
    raise DocumentKindUnsupported(detail("kind_unsupported", kind="ZIP"))


def _old_word(suffix: str, data: bytes) -> Exception:
    if "EncryptedPackage".encode("utf-16-le") in data or suffix == ".docx":
        return DocumentCorrupt(detail("docx_encrypted"))
    return DocumentKindUnsupported(detail("old_word"))


def _text_kind(named: FileKind | None, head: bytes) -> FileKind:
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return FileKind.HTML
    if named and named is not FileKind.TEXT:
        return named
    text = head.decode("utf-8", errors="replace")
    if text.lstrip("\ufeff \r\n\t").startswith(("[{", "[\n", '{"question"')) and '"question"' in text:
        return FileKind.JSON if _starts_json(text) else FileKind.TEXT
    if named is None and len(_MARKDOWN.findall(text)) >= 2:
        return FileKind.MARKDOWN
    return FileKind.TEXT


def _starts_json(text: str) -> bool:
    try:
        json.JSONDecoder().raw_decode(text.strip("\ufeff \r\n\t"))
    except ValueError as error:
        return "Unterminated" in str(error) or "Expecting" in str(error)
    return True

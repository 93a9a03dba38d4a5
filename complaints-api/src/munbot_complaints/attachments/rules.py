"""Which files are taken, and how a file shows what it is."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file: its extensions, the first being the usual one, and what its first bytes look like."""

    content_type: str
    extensions: tuple[str, ...]
    magic: re.Pattern[bytes]


MAGIC_BYTES = 32

KINDS: dict[str, FileKind] = {
    kind.content_type: kind
    for kind in (
        FileKind("image/jpeg", ("jpg", "jpeg"), re.compile(rb"\xff\xd8\xff")),
        FileKind("image/png", ("png",), re.compile(rb"\x89PNG\r\n\x1a\n")),
        FileKind("image/webp", ("webp",), re.compile(rb"RIFF....WEBP", re.DOTALL)),
        FileKind(
            "image/heic", ("heic", "heif"), re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|heim|heis)", re.DOTALL)
        ),
        FileKind("application/pdf", ("pdf",), re.compile(rb"%PDF-[12]\.\d")),
        FileKind(
            "video/mp4", ("mp4",), re.compile(rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|dash|3gp\d|M4V )", re.DOTALL)
        ),
    )
}
"""Files that are taken, by content type: photos, short videos and documents that a citizen's telephone makes."""

_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


def looks_like(content_type: str, head: bytes) -> bool:
    """Whether a file's first bytes fit its content type."""
    kind = KINDS.get(content_type)
    return kind is not None and kind.magic.match(head) is not None


def safe_filename(filename: str, content_type: str) -> str:
    """Return a file name that is safe in a header and on any disk, with an extension that fits its type."""
    kind = KINDS[content_type]
    ascii_name = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    stem, _, extension = ascii_name.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    stem = _UNSAFE.sub("_", stem or extension).strip("._-")[:80] or "archivo"
    return f"{stem}.{extension.lower() if extension.lower() in kind.extensions else kind.extensions[0]}"

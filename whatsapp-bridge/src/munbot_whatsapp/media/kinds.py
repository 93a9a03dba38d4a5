"""Which files are taken, and what a file is by its first bytes: what a provider or a telephone says is not believed."""

import re
from dataclasses import dataclass
from typing import Literal

Family = Literal["image", "document", "audio"]

HEAD_BYTES = 64


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file."""

    content_type: str
    extension: str
    family: Family


_IMAGE_KINDS = (
    (re.compile(rb"\xff\xd8\xff"), FileKind("image/jpeg", "jpg", "image")),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileKind("image/png", "png", "image")),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), FileKind("image/webp", "webp", "image")),
    (
        re.compile(rb"....ftyp(heic|heix|hevc|mif1|msf1|heim|heis)", re.DOTALL),
        FileKind("image/heic", "heic", "image"),
    ),
)
_AUDIO_KINDS = (
    (re.compile(rb"OggS"), FileKind("audio/ogg", "ogg", "audio")),
    (re.compile(rb"#!AMR"), FileKind("audio/amr", "amr", "audio")),
    (
        re.compile(rb"....ftyp(M4A |M4B |mp4[12]|isom|iso[2-9]|dash|3gp\w)", re.DOTALL),
        FileKind("audio/mp4", "m4a", "audio"),
    ),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), FileKind("audio/wav", "wav", "audio")),
    (re.compile(rb"\x1a\x45\xdf\xa3"), FileKind("audio/webm", "webm", "audio")),
    (re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"), FileKind("audio/aac", "aac", "audio")),
    (re.compile(rb"ID3|\xff[\xe2-\xef\xf2-\xf7\xfa-\xff]"), FileKind("audio/mpeg", "mp3", "audio")),
)
_DOCUMENT_KINDS = ((re.compile(rb"%PDF-[12]\.\d"), FileKind("application/pdf", "pdf", "document")),)

_TAKEN = {"image": _IMAGE_KINDS, "audio": _AUDIO_KINDS, "document": (*_DOCUMENT_KINDS, *_IMAGE_KINDS)}


def kind_of(head: bytes, sent_as: Family) -> FileKind | None:
    """Return what a file is, or None when files like it are not taken.

    Args:
        head: its first bytes.
        sent_as: a photo may be sent as a document too; a document is no photo.
    """
    return next((kind for magic, kind in _TAKEN[sent_as] if magic.match(head)), None)

"""What kind of file a voice note is, by its first bytes; nothing else ever reaches the decoder."""

import re

OGG = "ogg"

_MAGIC: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (OGG, re.compile(rb"OggS\x00")),
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),  # webm, which browsers record
    ("mov", re.compile(rb"....ftyp", re.DOTALL)),  # m4a, mp4, 3gp
    ("wav", re.compile(rb"RIFF....WAVE", re.DOTALL)),
    ("mp3", re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")),
    ("aac", re.compile(rb"\xff[\xf0\xf1\xf8\xf9]")),
    ("amr", re.compile(rb"#!AMR(-WB)?\n")),
)

_PAGE_HEADER = 27  # bytes of an Ogg page's header before its table of segments (RFC 3533, section 6)


def container_of(audio: bytes) -> str | None:
    """Return the name of the demuxer (FFmpeg's names) for a file, or None when it is no audio that we take."""
    for name, magic in _MAGIC:
        if magic.match(audio):
            return None if name == OGG and is_cut_off(audio) else name
    return None


def is_cut_off(ogg: bytes) -> bool:
    """Whether an Ogg file ends within a page: half of a transfer, with half of what was said."""
    position = 0
    while position < len(ogg):
        header = ogg[position : position + _PAGE_HEADER]
        if header[:4] != b"OggS"[: len(header)]:
            return False  # something else was appended; the decoder finds its way
        segments = header[26] if len(header) == _PAGE_HEADER else 0
        table = ogg[position + _PAGE_HEADER : position + _PAGE_HEADER + segments]
        if len(header) < _PAGE_HEADER or len(table) < segments:
            return True
        position += _PAGE_HEADER + segments + sum(table)
    return position > len(ogg)

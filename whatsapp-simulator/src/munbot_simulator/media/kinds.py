"""What kinds of files WhatsApp carries, and how large.

Source: business-phone-numbers/media in Meta's documentation. Documents may have 100 MB there, and less here, where
they are kept in memory.
"""

import re
from typing import Literal

MediaKind = Literal["image", "document", "audio"]

MEGABYTE = 1024 * 1024
MAX_BYTES: dict[MediaKind, int] = {"image": 5 * MEGABYTE, "audio": 16 * MEGABYTE, "document": 16 * MEGABYTE}

TYPES: dict[MediaKind, frozenset[str]] = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "audio": frozenset({"audio/aac", "audio/mp4", "audio/mpeg", "audio/amr", "audio/ogg"}),
    "document": frozenset(
        {
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        }
    ),
}

_IMAGES = (("image/jpeg", re.compile(rb"\xff\xd8\xff")), ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")))
_SHOWN = TYPES["image"] | TYPES["audio"]


def base_type(content_type: str | None) -> str:
    """Return a content type without its parameters."""
    return (content_type or "").split(";", 1)[0].strip().lower()


def image_type(data: bytes) -> str | None:
    """Return the content type of an image that WhatsApp carries, by its first bytes."""
    return next((content_type for content_type, magic in _IMAGES if magic.match(data)), None)


def may_be_shown(content_type: str) -> bool:
    """Whether a browser may show the file in a page; anything else is only ever saved."""
    return base_type(content_type) in _SHOWN

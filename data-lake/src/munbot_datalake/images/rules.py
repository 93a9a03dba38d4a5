"""What names, sizes and formats may be."""

import re
from dataclasses import dataclass
from typing import Literal

Format = Literal["webp", "avif", "jpeg", "png"]
FORMATS: tuple[Format, ...] = ("webp", "avif", "jpeg", "png")
CONTENT_TYPES: dict[str, str] = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
}
NAME = r"^[a-z0-9][a-z0-9._-]{0,99}$"
MAX_SIDE = 2048
MAX_PIXELS = 40_000_000
MAX_BYTES = 15 * 1024 * 1024
SIDES = (64, 96, 128, 160, 240, 320, 480, 640, 800, 960, 1280, 1600, 2048)
"""Sizes that are made: what is asked for is rounded up to one of these, so that nobody fills the store with sizes."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks for; pixels. One side alone keeps the picture's shape, both cut it to fit."""

    width: int | None
    height: int | None
    format: Format

    @property
    def label(self) -> str:
        """A name for the result: two wishes with one label have the same one."""
        return f"{self.width or 0}x{self.height or 0}.{self.format}"


def rounded(side: int | None) -> int | None:
    """Return the side that is made for one that is asked for."""
    if side is None:
        return None
    return next((one for one in SIDES if one >= side), MAX_SIDE)


def chosen_format(asked: Format | None, accept: str) -> Format:
    """Return the format: the one asked for, else WebP for who takes it, else JPEG.

    Args:
        asked: by the address.
        accept: the request's Accept header (RFC 9110 section 12.5.1).
    """
    if asked:
        return asked
    return "webp" if re.search(r"image/webp|image/\*|\*/\*", accept) or not accept else "jpeg"

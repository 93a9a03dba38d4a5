"""Small maps of how to get to an office, drawn from a few lines: pictures of the demo without anybody's rights."""

import io
import unicodedata
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont
from pydantic import BaseModel, ConfigDict, Field

SIZE = (1200, 900)
_GROUND, _STREET, _EDGE, _PARK, _WORDS, _PAPER = "#e9ede6", "#ffffff", "#c9d0c8", "#cfe3c4", "#24313a", "#fbfcfb"
_DASH = 22
_ACUTE = "\u0301"
_STRIP = 84
"""Percent of the height above the strip with name and address."""

Point = tuple[float, float]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    name: str
    start: Point = Field(alias="from")
    end: Point = Field(alias="to")
    width: float = 0
    label: Point | None = None


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    at: Point


class Map(BaseModel):
    """What a map shows; points are percent of its width and height, from the upper left."""

    model_config = ConfigDict(extra="forbid")

    tenant: str
    catalogue: str
    name: str
    title: str
    address: str
    color: str
    streets: list[_Line]
    park: _Line
    stop: _Place
    route: list[Point]
    office: Point


def draw(wanted: Map) -> bytes:
    """Return the map as PNG."""
    image = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle([_at(wanted.park.start), _at(wanted.park.end)], radius=18, fill=_PARK)
    for extra, color in ((8, _EDGE), (0, _STREET)):
        for street in wanted.streets:
            ends = [_at(street.start), _at(street.end)]
            pen.line(ends, fill=color, width=round(street.width * SIZE[1] / 100) + extra)
    for street in wanted.streets:
        _write(pen, _at(street.label or street.start), street.name)
    middle = [(start + end) / 2 for start, end in zip(wanted.park.start, wanted.park.end, strict=True)]
    _write(pen, _at((middle[0], middle[1])), wanted.park.name, anchor="mm")
    _dashed(pen, [_at(point) for point in wanted.route], wanted.color)
    _stop(pen, wanted.stop)
    _pin(pen, _at(wanted.office), wanted.color)
    _caption(pen, wanted)
    sink = io.BytesIO()
    image.save(sink, "PNG", optimize=True)
    return sink.getvalue()


def _at(point: Point) -> tuple[float, float]:
    return point[0] * SIZE[0] / 100, point[1] * SIZE[1] / 100


def _write(pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, *, size: int = 26, anchor: str = "lm") -> None:
    """Write a text. Pillow's own font has no accented letters, so acute accents are strokes of ours."""
    font = ImageFont.load_default(size)
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
    pen.text(at, plain, fill=_WORDS, font=font, anchor=anchor)
    left = pen.textbbox(at, plain, font=font, anchor=anchor)[0]
    for place, letter in enumerate(unicodedata.normalize("NFC", text)):
        if unicodedata.normalize("NFD", letter)[1:] != _ACUTE:
            continue
        width = pen.textlength(plain[place], font=font)
        x = left + pen.textlength(plain[:place], font=font) + width * 0.45
        y = at[1] - size * 0.28
        pen.line([(x, y), (x + size * 0.16, y - size * 0.14)], fill=_WORDS, width=max(2, size // 11))


def _dashed(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], color: str) -> None:
    for (x, y), (end_x, end_y) in pairwise(points):
        length = max(abs(end_x - x), abs(end_y - y))
        steps = max(1, round(length / _DASH))
        for step in range(0, steps, 2):
            begin, until = step / steps, min(1.0, (step + 1) / steps)
            dash = [(x + (end_x - x) * part, y + (end_y - y) * part) for part in (begin, until)]
            pen.line(dash, fill=color, width=9)


def _stop(pen: ImageDraw.ImageDraw, stop: _Place) -> None:
    x, y = _at(stop.at)
    pen.ellipse([x - 16, y - 16, x + 16, y + 16], fill=_PAPER, outline=_WORDS, width=6)
    _write(pen, (x - 30, y), stop.name, anchor="rm")


def _pin(pen: ImageDraw.ImageDraw, tip: tuple[float, float], color: str) -> None:
    x, y = tip
    pen.polygon([(x - 30, y - 44), (x + 30, y - 44), (x, y + 20)], fill=color)
    pen.ellipse([x - 40, y - 100, x + 40, y - 20], fill=color)
    pen.ellipse([x - 16, y - 76, x + 16, y - 44], fill=_PAPER)


def _caption(pen: ImageDraw.ImageDraw, wanted: Map) -> None:
    top = SIZE[1] * _STRIP / 100
    pen.rectangle([0, top, *SIZE], fill=_PAPER)
    pen.rectangle([0, top, SIZE[0], top + 8], fill=wanted.color)
    _write(pen, (40, top + 56), wanted.title, size=42)
    _write(pen, (40, top + 108), wanted.address, size=30)

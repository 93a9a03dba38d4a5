"""Pillow, kept from being led astray: few formats, few pixels, nothing of a picture's own remarks."""

import io
import warnings

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from munbot_datalake.images.problems import ImageTooLarge, ImageUnreadable
from munbot_datalake.images.rules import MAX_PIXELS, Wish
from munbot_datalake.texts import say

READ = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
Image.init()  # all formats are known from the start, not from the first picture on
# Of at most 16 MB (Pillow's "Block Allocator"): memory that is kept need not be asked for and wiped for each picture.
Image.core.set_blocks_max(4)  # type: ignore[attr-defined]

_SAVING: dict[str, dict[str, object]] = {
    "webp": {"quality": 80, "method": 2},
    "avif": {"quality": 60, "speed": 8},
    "jpeg": {"quality": 82, "progressive": True},
    "png": {"compress_level": 6},
}


def examine(content: bytes) -> tuple[str, int, int]:
    """Return (format in lower case, width, height) of a picture that can be read to its end.

    Raises:
        ImageUnreadable: it is no picture, of another format, or damaged.
        ImageTooLarge: it has too many pixels.
    """
    with _opened(content) as image:
        _load(image)
        return (image.format or "").lower(), image.width, image.height


def resize(content: bytes, wish: Wish) -> bytes:
    """Return a picture in the size and format of a wish; never larger than it is, without camera or place.

    Raises:
        ImageUnreadable: it cannot be read.
        ImageTooLarge: it has too many pixels.
    """
    with _opened(content) as image:
        box = _box(image, wish)
        if image.format == "JPEG" and box:
            image.draft("RGB", box)  # decodes to an eighth, a quarter or a half where that is enough
        _load(image)
        upright = ImageOps.exif_transpose(image)
        made = _fitted(upright, wish)
        return _encoded(made, wish)


def placeholder(wish: Wish) -> bytes:
    """Return a grey picture that says that there is none."""
    width = wish.width or wish.height or 320
    height = wish.height or round(width * 0.75)
    image = Image.new("RGB", (width, height), "#e5e7eb")
    size = max(10, width // 16)
    ImageDraw.Draw(image).text(
        (width / 2, height / 2), say("images.missing"), fill="#4b5563", anchor="mm", font=ImageFont.load_default(size)
    )
    return _encoded(image, wish)


def _opened(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(content), formats=READ)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise _too_large() from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise ImageUnreadable(say("images.unreadable")) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_large()
    return image


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ImageUnreadable(say("images.unreadable")) from error


def _too_large() -> ImageTooLarge:
    limit = MAX_PIXELS // 1_000_000
    return ImageTooLarge(say("images.pixels", pixels=f"más de {limit}", limit=limit))


def _box(image: Image.Image, wish: Wish) -> tuple[int, int] | None:
    """Return sides that the decoded picture must at least have, whichever way it is turned."""
    if wish.width is None and wish.height is None:
        return None
    wanted = max((wish.width or 0) / min(image.size), (wish.height or 0) / min(image.size))
    scale = min(1.0, wanted)
    return (max(1, round(image.width * scale)), max(1, round(image.height * scale)))


def _fitted(image: Image.Image, wish: Wish) -> Image.Image:
    width, height = wish.width, wish.height
    if width and height:
        shrink = min(1.0, image.width / width, image.height / height)
        target = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        return ImageOps.fit(image, target, Image.Resampling.BILINEAR)
    if width or height:
        scale = min(1.0, (width or image.width) / image.width, (height or image.height) / image.height)
        target = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        return image.resize(target, Image.Resampling.BILINEAR, reducing_gap=1.0) if target != image.size else image
    return image


def _encoded(image: Image.Image, wish: Wish) -> bytes:
    transparent = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if transparent and wish.format != "jpeg" else "RGB"
    if transparent and mode == "RGB":
        over = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(over, image.convert("RGBA"))
    flat = image.convert(mode) if image.mode != mode else image
    flat.info = {}
    sink = io.BytesIO()
    flat.save(sink, wish.format.upper(), **_SAVING[wish.format])
    return sink.getvalue()

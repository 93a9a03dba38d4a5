"""A file on its way in: refused by its announced length, or as soon as it has grown too long."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from munbot_common.problems import PayloadTooLarge, Unprocessable
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from munbot_conversations.settings import ApiSettings

CAPTION_LIMIT = 1_000
"""Characters that may be said of a file; WhatsApp takes 1,024."""

_ENVELOPE = 64 * 1024
"""What boundaries, headers and the text of a multipart body may add, in bytes."""


class UploadInvalid(Unprocessable):
    """Not a multipart body with one file."""

    code = "upload_invalid"
    title = "Envíe un solo archivo en el campo «file», y si quiere un texto breve en «text»"


class FileTooLarge(PayloadTooLarge):
    """Longer than files may be."""

    code = "file_too_large"
    title = "El archivo es demasiado grande"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, and what is said of it."""

    filename: str
    data: bytes
    text: str


async def read_upload(request: Request) -> Upload:
    """Read a multipart body with one part `file` and perhaps one `text`.

    Raises:
        FileTooLarge: the announced or the real length is beyond the limit; the rest is not read.
        UploadInvalid: another kind of body, no file or an empty one, or fields nobody knows.
    """
    settings: ApiSettings = request.app.state.settings
    limit = settings.file_max_bytes
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UploadInvalid
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > limit + _ENVELOPE:
        raise too_large(limit)

    async def limited() -> AsyncGenerator[bytes, None]:
        length = 0
        async for chunk in request.stream():
            length += len(chunk)
            if length > limit + _ENVELOPE:
                raise too_large(limit)
            yield chunk

    parser = MultiPartParser(request.headers, limited(), max_files=1, max_fields=1, max_part_size=8 * 1024)
    try:
        form = await parser.parse()
    except (MultiPartException, LookupError, ValueError) as error:  # the last two: charsets that are none
        raise UploadInvalid from error
    try:
        file, text = form.get("file"), form.get("text", "")
        if not isinstance(file, UploadFile) or not isinstance(text, str) or not set(form) <= {"file", "text"}:
            raise UploadInvalid
        text = text.strip()
        data = await file.read()
        if not data or len(text) > CAPTION_LIMIT:
            raise UploadInvalid
        if len(data) > limit:
            raise too_large(limit)
        return Upload(file.filename or "", data, text)
    finally:
        await form.close()


def too_large(limit: int) -> FileTooLarge:
    """Return the problem that names the limit."""
    return FileTooLarge(f"El archivo supera el máximo de {limit // (1024 * 1024)} MB")

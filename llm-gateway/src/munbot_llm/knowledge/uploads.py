"""A file on its way in: refused by its announced length, or as soon as it has grown too long, and never in memory."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import Request
from munbot_common.problems import PayloadTooLarge
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from munbot_llm.documents.problems import DocumentTooLarge
from munbot_llm.fields import Line
from munbot_llm.knowledge.problems import TitleInvalid, UploadInvalid

_ENVELOPE = 64 * 1024
"""What boundaries, headers and the small fields of a multipart body may add, in bytes."""

_TITLE = TypeAdapter(Line)


@dataclass(frozen=True, slots=True)
class Upload:
    """A multipart body with one file, which lies on the disk from its second megabyte on."""

    filename: str
    file: UploadFile
    fields: dict[str, str]

    def read(self) -> bytes:
        """Return the whole file. Blocks."""
        self.file.file.seek(0)
        return self.file.file.read()

    def title(self) -> str | None:
        """Return the field `title`; None when it is absent or empty.

        Raises:
            TitleInvalid: too long for a title, or not text.
        """
        try:
            return _TITLE.validate_python(self.fields.get("title", "")) or None
        except ValidationError as error:
            raise TitleInvalid from error


def too_large(max_bytes: int) -> DocumentTooLarge:
    """Return the problem that names the limit."""
    return DocumentTooLarge(f"El documento supera el máximo de {max_bytes // (1024 * 1024)} MB")


@asynccontextmanager
async def open_upload(
    request: Request,
    *,
    max_bytes: int,
    fields: frozenset[str],
    too_large: Callable[[int], PayloadTooLarge] = too_large,
) -> AsyncGenerator[Upload]:
    """Read a multipart body with one part `file` and some of `fields`; the file is gone afterwards.

    Raises:
        PayloadTooLarge: the announced or the real length is beyond the limit; the rest is not read. It is what
            `too_large` makes of the limit.
        UploadInvalid: another kind of body, no file, two files, or fields nobody knows.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UploadInvalid
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes + _ENVELOPE:
        raise too_large(max_bytes)
    form = await _parse(request, max_bytes, len(fields), too_large)
    try:
        yield _upload_of(form, fields, max_bytes, too_large)
    finally:
        await form.close()


async def _parse(
    request: Request, max_bytes: int, max_fields: int, too_large: Callable[[int], PayloadTooLarge]
) -> FormData:
    async def limited() -> AsyncGenerator[bytes, None]:
        length = 0
        async for chunk in request.stream():
            length += len(chunk)
            if length > max_bytes + _ENVELOPE:
                raise too_large(max_bytes)
            yield chunk

    parser = MultiPartParser(request.headers, limited(), max_files=1, max_fields=max_fields, max_part_size=8 * 1024)
    try:
        return await parser.parse()
    except (MultiPartException, LookupError, ValueError) as error:  # the last two: charsets that are none
        raise UploadInvalid from error


def _upload_of(
    form: FormData, fields: frozenset[str], max_bytes: int, too_large: Callable[[int], PayloadTooLarge]
) -> Upload:
    file = form.get("file")
    rest = {key: value for key, value in form.multi_items() if key != "file"}
    if not isinstance(file, UploadFile) or not file.filename or not set(rest) <= fields:
        raise UploadInvalid
    if (file.size or 0) > max_bytes:
        raise too_large(max_bytes)
    return Upload(file.filename, file, {key: value for key, value in rest.items() if isinstance(value, str)})

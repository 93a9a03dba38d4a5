"""Texts from outside: cleaned, and refused where no store could hold them."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
DESCRIPTION_MIN = 10
DESCRIPTION_MAX = 4000


def clean(text: str) -> str:
    """Return `text` in NFC, trimmed, without control and text-direction characters; newlines and tabs stay.

    Raises:
        PydanticCustomError: it holds half of a surrogate pair, which is no character.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = "text_invalid"
        message = "El texto contiene caracteres no permitidos"
        raise PydanticCustomError(code, "{message}", {"message": message}) from error
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n"))).strip()


def _long_enough(text: str) -> str:
    if sum(character.isalnum() for character in text) < DESCRIPTION_MIN:
        code = "description_too_short"
        message = f"Cuéntenos un poco más: la descripción necesita al menos {DESCRIPTION_MIN} letras"
        raise PydanticCustomError(code, "{message}", {"message": message})
    return text


def _not_empty(text: str) -> str:
    if not text:
        code = "text_empty"
        raise PydanticCustomError(code, "{message}", {"message": "Escriba un texto"})
    return text


def _line(text: str) -> str:
    return " ".join(clean(text).split())


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line)]
"""One line, may be empty."""

RequiredLine = Annotated[Line, AfterValidator(_not_empty)]
"""One line with something on it."""

Paragraph = Annotated[
    str, StringConstraints(max_length=DESCRIPTION_MAX), AfterValidator(clean), AfterValidator(_not_empty)
]
"""Several lines with something on them."""

Description = Annotated[
    str, StringConstraints(max_length=DESCRIPTION_MAX), AfterValidator(clean), AfterValidator(_long_enough)
]
"""What happened, in at least ten letters or digits."""

_EMAIL = re.compile(r"^[^@\s]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$", re.ASCII | re.IGNORECASE)


def _email(text: str) -> str:
    text = clean(text)
    if not _EMAIL.match(text):
        code = "email_invalid"
        raise PydanticCustomError(code, "{message}", {"message": "El correo no es válido"})
    return text


Email = Annotated[
    str,
    StringConstraints(max_length=200),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 200}),
]
"""A mail address, by its shape only."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}(\.[a-z0-9_]{1,40})?$", max_length=81)]
"""A category's code: `area` or `area.kind`."""

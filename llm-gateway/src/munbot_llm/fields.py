"""Texts from outside: cleaned, and refused where they could not be stored."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


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


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _not_empty(text: str) -> str:
    if not any(character.isalnum() for character in text):
        code = "text_empty"
        raise PydanticCustomError(code, "{message}", {"message": "Escriba un texto"})
    return text


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(_line)]
"""One line, may be empty."""

RequiredLine = Annotated[Line, AfterValidator(_not_empty)]
"""One line with something on it."""

Question = Annotated[str, StringConstraints(max_length=500), AfterValidator(_line), AfterValidator(_not_empty)]
"""One way to ask something."""

Paragraph = Annotated[str, StringConstraints(max_length=2000), AfterValidator(clean), AfterValidator(_not_empty)]
"""Several lines with something on them."""

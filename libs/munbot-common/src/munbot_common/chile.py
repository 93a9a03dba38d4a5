"""RUT and telephone numbers, as pydantic types and functions.

RUT: modulus 11 (Registro Civil), by python-stdnum. Telephones: E.164, by phonenumbers (Google's libphonenumber).
"""

from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from stdnum.cl import rut as _rut
from stdnum.exceptions import ValidationError as StdnumError


def normalise_rut(text: str) -> str:
    """Return a RUT as `15482903-2`, from any usual way to write it.

    Raises:
        ValueError: not a RUT, or its check digit is wrong.
    """
    try:
        compact: str = _rut.validate(text)
    except StdnumError as error:
        msg = "El RUT no es válido: revise los números y el dígito verificador"
        raise ValueError(msg) from error
    number, digit = compact[:-1].lstrip("0"), compact[-1].upper()
    return f"{number}-{digit}"


def format_rut(rut: str) -> str:
    """Return a RUT as people write it, `15.482.903-2`."""
    number, digit = rut.replace(".", "").split("-")
    return f"{int(number):,}".replace(",", ".") + f"-{digit}"


def normalise_phone(text: str, region: str = "CL") -> str:
    """Return a telephone number in E.164, `+56987654321`; numbers without a country are read as of `region`.

    Raises:
        ValueError: no such number can exist.
    """
    digits = "".join(character for character in text if character.isdigit() or character == "+")
    if region == "CL" and len(digits) == 8 and digits[0] in "456789":  # a mobile as people say it, without its 9
        digits = f"9{digits}"
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as error:
        msg = "El teléfono no es válido"
        raise ValueError(msg) from error
    if not phonenumbers.is_valid_number(number) and not _is_chilean_mobile(number):
        msg = "El teléfono no es válido"
        raise ValueError(msg)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_chilean_mobile(number: phonenumbers.PhoneNumber) -> bool:
    """Nine digits that begin with 9: phonenumbers leaves out blocks that are not handed out, such as 91, for now."""
    return (
        number.country_code == 56
        and str(number.national_number).startswith("9")
        and len(str(number.national_number)) == 9
    )


def _check_rut(text: str) -> str:
    try:
        return normalise_rut(text)
    except ValueError as error:
        code = "rut_invalid"
        raise PydanticCustomError(code, "{message}", {"message": str(error)}) from error


def _check_phone(text: str) -> str:
    try:
        return normalise_phone(text)
    except ValueError as error:
        code = "phone_invalid"
        raise PydanticCustomError(code, "{message}", {"message": str(error)}) from error


Rut = Annotated[
    str,
    AfterValidator(_check_rut),
    WithJsonSchema({"type": "string", "format": "rut", "examples": ["15.482.903-2"], "maxLength": 20}),
]
"""A RUT, normalised to `15482903-2`."""

Phone = Annotated[
    str,
    AfterValidator(_check_phone),
    WithJsonSchema({"type": "string", "format": "phone", "examples": ["+56 9 8765 4321"], "maxLength": 30}),
]
"""A telephone number, normalised to E.164."""

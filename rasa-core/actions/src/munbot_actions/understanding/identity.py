"""RUT, telephone, e-mail, folio and appointment code in free text."""

import re
from dataclasses import dataclass

from munbot_common.chile import normalise_phone, normalise_rut

Span = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """Something that was written: its normal form, or None when it was written wrong."""

    text: str
    value: str | None
    span: Span


_WRITTEN_RUT = re.compile(
    r"(?<![\w-])(?:\d{1,2}[.\s]\d{3}[.\s]?\d{3}|\d{7,8})\s?[-–—]\s?[\dkK](?![\w-])"
    r"|(?<![\w-])\d{1,2}\.\d{3}\.\d{3}\s?[\dkK]?(?![\w-])"
)
_BARE_RUT = re.compile(r"(?<![\w+])(?:\d{7,8}[\s-]?[\dkK]|\d{1,2} \d{3} \d{3} [\dkK])(?!\w)")
_PHONE = re.compile(
    r"(?<![\w-])(?:\+?\s?56[\s-]?)?(?:\(?0?9\)?[\s-]?\d{4}[\s-]?\d{4}|9\d{2}[\s-]?\d{3}[\s-]?\d{3}|9\d[\s-]\d{3}[\s-]\d{4}"
    r"|\d{5}[\s-]\d{4}|\d{4}[\s-]\d{5})(?![\w-])"
)
_ANY_PHONE = re.compile(r"(?<!\w)\+?\d[\d\s()-]{6,17}\d(?!\w)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_FOLIO = re.compile(r"\brec[\s.-]*(\d{4})[\s.-]*(\d{1,6})(?:[\s.-]*([0-9a-z?]))?(?![0-9a-z])", re.IGNORECASE)
_CODE = re.compile(r"(?<![\w-])([A-Za-z0-9]{4})[\s-]?([A-Za-z0-9]{4})(?![\w-])")
_LAST4 = re.compile(r"(?<![\w.])(\d{3})[\s.-]?([\dkK])(?!\w)")


def find_rut(text: str, *, asked: bool = False) -> Found | None:
    """Find a RUT.

    A number with a hyphen or points is one, right or wrong. A bare number is one when it was asked for, or when its
    check digit fits and it cannot be a mobile telephone (nine digits that begin with 9).
    """
    if written := _WRITTEN_RUT.search(text):
        return _rut(written)
    for match in _BARE_RUT.finditer(text):
        digits = re.sub(r"\W", "", match.group())
        mobile = len(digits) == 9 and digits.startswith("9")
        if asked and not mobile:
            return _rut(match)
        found = _rut(match)
        if found.value and not mobile:
            return found
    return None


def _rut(match: re.Match[str]) -> Found:
    try:
        value: str | None = normalise_rut(re.sub(r"[^\dkK]", "", match.group()))
    except ValueError:
        value = None
    return Found(match.group().strip(), value, match.span())


def find_phone(text: str, *, asked: bool = False) -> Found | None:
    """Find a telephone: a mobile anywhere; any number that can be one (or fails to) when it was asked for."""
    for match in _PHONE.finditer(text):
        found = _phone(match)
        if found.value:
            return found
    if asked and (other := _ANY_PHONE.search(text)):
        return _phone(other)
    return None


def _phone(match: re.Match[str]) -> Found:
    try:
        value: str | None = normalise_phone(match.group())
    except ValueError:
        value = None
    return Found(match.group().strip(), value, match.span())


def find_email(text: str) -> Found | None:
    """Find an e-mail address."""
    match = _EMAIL.search(text)
    return Found(match.group(), match.group().lower(), match.span()) if match else None


def find_folio(text: str) -> Found | None:
    """Find a complaint's number, `REC-2026-000123-K`; the service judges its check digit."""
    match = _FOLIO.search(text)
    if not match:
        return None
    year, number, digit = match.groups()
    value = f"REC-{year}-{int(number):06d}-{(digit or '?').upper()}"
    return Found(match.group(), value, match.span())


def find_code(text: str) -> Found | None:
    """Find what looks like an appointment's code, `H7KQ-3M2X`: capitals or digits are in it; the service judges it."""
    for match in _CODE.finditer(text):
        joined = "".join(match.groups())
        if any(c.isdigit() for c in joined) or joined.isupper():
            if joined.isdigit():
                continue
            return Found(match.group(), f"{match.group(1)}-{match.group(2)}".upper(), match.span())
    return None


def find_last_four(text: str) -> str | None:
    """Find the last four characters of a RUT, as `9032` for 15.482.903-2."""
    if rut := find_rut(text):
        return re.sub(r"\W", "", rut.text)[-4:].upper()
    matches = _LAST4.findall(text)
    return "".join(matches[-1]).upper() if matches else None

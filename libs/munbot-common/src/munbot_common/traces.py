"""A person's traces in text: RUT, telephones, e-mails, addresses and names, however they are written."""

import hashlib
import hmac
import re
import unicodedata
from typing import Any, Final

from munbot_contracts.people import Person

REMOVED: Final = "[dato eliminado]"
"""What stands in the place of a trace that was removed."""
_APART = r"[\s.\-()/]{0,2}"
_ACCENTS = {"a": "aáàäâã", "e": "eéèëê", "i": "iíìïî", "o": "oóòöôõ", "u": "uúùüû", "n": "nñ", "c": "cç"}
_SHORTEST_NAME = 5
_SHORTEST_ADDRESS = 8
_MOBILE = 9


def mark_of(key: str, tenant: str, rut: str) -> str:
    """Return by what an erased person is known again, with the key only: HMAC-SHA-256 of tenant and RUT."""
    return hmac.new(key.encode(), f"{tenant}\0{rut.upper()}".encode(), hashlib.sha256).hexdigest()


class Traces:
    """Finds and removes what names a person.

    A name counts where it is written whole, in any case and with or without accents; a single word is nobody's name.
    """

    def __init__(self, person: Person) -> None:
        parts = [_rut_pattern(person.rut)]
        parts += [_phone_pattern(phone) for phone in person.phones]
        parts += [rf"(?<![\w.+\-]){re.escape(email)}(?!\w)" for email in person.emails if "@" in email]
        parts += [
            rf"(?<!\w){re.escape(address)}(?!\w)" for address in person.addresses if len(address) >= _SHORTEST_ADDRESS
        ]
        parts += [pattern for name in person.names if (pattern := _name_pattern(name))]
        self.pattern: str = "|".join(f"(?:{part})" for part in dict.fromkeys(parts))
        """For Python, and for PostgreSQL's `~*`."""
        self._found = re.compile(self.pattern, re.IGNORECASE)

    def within(self, value: Any) -> bool:
        """Tell whether text, or any text inside lists and objects, names the person."""
        if isinstance(value, str):
            return self._found.search(value) is not None
        if isinstance(value, dict):
            return any(self.within(key) or self.within(item) for key, item in value.items())
        if isinstance(value, list | tuple):
            return any(self.within(item) for item in value)
        return False

    def without(self, value: Any) -> Any:
        """Return a copy that does not name the person."""
        if isinstance(value, str):
            return self._found.sub(REMOVED, value)
        if isinstance(value, dict):
            return {self.without(key): self.without(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.without(item) for item in value]
        return value


def _rut_pattern(rut: str) -> str:
    number, _, digit = rut.replace(".", "").partition("-")
    digits = _in_thousands(number)
    return rf"(?<![0-9a-z])0{{0,2}}{digits}\s?[-‐‑–]?\s?{re.escape(digit)}(?![0-9a-z])"


def _in_thousands(number: str) -> str:
    groups = [number[max(0, end - 3) : end] for end in range(len(number), 0, -3)][::-1]
    return r"[.\s]?".join(groups)


def _phone_pattern(phone: str) -> str:
    digits = re.sub(r"\D", "", phone)
    national = digits.removeprefix("56") if digits.startswith("56") and len(digits) == _MOBILE + 2 else digits
    country = rf"(?:\+?{_APART}5{_APART}6{_APART})?" if national != digits else r"\+?"
    return rf"(?<![0-9]){country}{_APART.join(national)}(?![0-9])"


def _name_pattern(name: str) -> str:
    words = _folded(name).split()
    if len(words) < 2 or sum(map(len, words)) < _SHORTEST_NAME:
        return ""
    letters = ("".join(f"[{_ACCENTS[c]}]" if c in _ACCENTS else re.escape(c) for c in word) for word in words)
    whole = r"\s+".join(letters)
    return rf"(?<!\w){whole}(?!\w)"


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in decomposed if not unicodedata.combining(char))

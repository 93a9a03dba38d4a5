"""The complaint's number as people read and dictate it: `REC-2026-000123-0`.

The check digit is the RUT's (modulus 11 with weights 2 to 7 from the right, `K` for ten), taken over year and number
written together. All weights are coprime to 11 and neighbours differ, so any single wrong digit and any two swapped
neighbours, the check digit included, give another check digit.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from munbot_common.problems import Unprocessable
from stdnum.cl.rut import calc_check_digit

PREFIX = "REC"
MAX_NUMBER = 999_999_999
# Without a dash before the check digit the number must have its full width: `2026-000013` is not 1 with check digit 3.
_SHAPE = re.compile(
    r"^(?:REC)?-?(?P<year>\d{4})(?:-(?P<short>\d{1,9})-|-?(?P<full>\d{6,9}))(?P<check>[0-9K])$", re.ASCII
)
_DASHES = re.compile(r"[\s._/‐-―−]+")


class FolioInvalid(Unprocessable):
    """Not a folio, or one of its characters is wrong."""

    code = "folio_invalid"
    title = "El número de reclamo tiene un error"


@dataclass(frozen=True, slots=True, order=True)
class Folio:
    """The year a complaint came in and its number in that year and tenant, from 1 without gaps."""

    year: int
    number: int

    @property
    def check_digit(self) -> str:
        """The last character, `0` to `9` or `K`."""
        digit: str = calc_check_digit(f"{self.year:04d}{self.number:06d}")
        return digit

    def __str__(self) -> str:
        return f"{PREFIX}-{self.year:04d}-{self.number:06d}-{self.check_digit}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a folio as people write it: lower case, spaces for dashes, without leading zeros or `REC`.

        Raises:
            FolioInvalid: it has another shape, or the check digit does not fit.
        """
        plain = unicodedata.normalize("NFKC", text).strip().upper()
        match = _SHAPE.match(_DASHES.sub("-", plain))
        if match is None:
            raise FolioInvalid("El número de reclamo se escribe así: REC-2026-000123-0. Revíselo, por favor.")
        folio = cls(year=int(match["year"]), number=int(match["short"] or match["full"]))
        if folio.number < 1 or folio.check_digit != match["check"]:
            raise FolioInvalid("Alguna cifra del número de reclamo no calza. Revíselo y escríbalo otra vez, por favor.")
        return folio

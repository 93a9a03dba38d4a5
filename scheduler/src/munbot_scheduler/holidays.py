"""Public holidays of Chile, regional ones included (library `holidays`, after Ley 2.977, 19.668, 19.973 and others)."""

from datetime import date
from functools import lru_cache

from holidays import country_holidays

REGIONS = frozenset(country_holidays("CL").subdivisions)
"""ISO 3166-2:CL codes without the country, such as RM."""


@lru_cache(maxsize=256)
def _of_year(year: int, region: str | None) -> dict[date, str]:
    return dict(country_holidays("CL", subdiv=region, years=year, language="es"))


def holiday_name(day: date, region: str | None = None) -> str | None:
    """Return the holiday's name in Spanish, or None on a working day.

    Args:
        day: a local day.
        region: one of `REGIONS`; None knows only the national holidays.
    """
    return _of_year(day.year, region).get(day)

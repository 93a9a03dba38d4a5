"""Texts for people, in Spanish, from `es.yml`."""

from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((files(__package__) / "es.yml").read_text(encoding="utf-8"))
    return loaded


def say(key: str, **values: object) -> str:
    """Return the text at a dotted key with its values filled in.

    Raises:
        KeyError: there is no such text.
    """
    node: Any = _texts()
    for part in key.split("."):
        node = node[part]
    return str(node).format(**values) if values else str(node)


def weekday_name(weekday: int) -> str:
    """Return `lunes` for 0."""
    return str(_texts()["weekdays"][weekday])


def day_text(day: date) -> str:
    """Return `martes 24 de noviembre`."""
    return f"{weekday_name(day.weekday())} {day.day} de {_texts()['months'][day.month - 1]}"


def moment_text(local: datetime) -> str:
    """Return `martes 24 de noviembre a las 10:15`."""
    return say("moment", day=day_text(local.date()), time=f"{local:%H:%M}")


def joined(items: list[str]) -> str:
    """Return `a, b y c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {say('and')} {items[-1]}"

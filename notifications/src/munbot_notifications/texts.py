"""Words of the service, in Spanish, from the resources."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def words() -> Mapping[str, Any]:
    """Return what `words.yml` says."""
    text = (files("munbot_notifications.resources") / "words.yml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def say(key: str, **values: object) -> str:
    """Return the text at a dotted key with its values filled in.

    Raises:
        KeyError: there is no such text.
    """
    node: Any = words()
    for part in key.split("."):
        node = node[part]
    return str(node).format(**values) if values else str(node)


def moment_text(local: datetime) -> str:
    """Return `martes 24 de noviembre a las 10:15 horas`."""
    return say("moment", **_day(local.date()), time=f"{local:%H:%M}")


def day_text(day: date) -> str:
    """Return `martes 24 de noviembre`."""
    return say("day", **_day(day))


def _day(day: date) -> dict[str, object]:
    return {"weekday": words()["weekdays"][day.weekday()], "day": day.day, "month": words()["months"][day.month - 1]}

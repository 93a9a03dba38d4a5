"""Words about webhooks for people, in Spanish."""

from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

import yaml


@cache
def _texts() -> dict[str, Any]:
    text = (files("munbot_notifications.webhooks") / "es.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def say(key: str, **values: str) -> str:
    """Return the text with a dotted key, its blanks filled in.

    Raises:
        KeyError: there is no such text, or a value is missing.
    """
    found: Any = _texts()
    for part in key.split("."):
        found = found[part]
    return Template(str(found)).substitute(values)

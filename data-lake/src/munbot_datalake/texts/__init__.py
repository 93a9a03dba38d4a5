"""Texts for people, in Spanish, from `es.yml`."""

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

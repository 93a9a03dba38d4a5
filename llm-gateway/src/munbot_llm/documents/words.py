"""Word lists and sentences for people, from `resources/`."""

from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@lru_cache(maxsize=8)
def resource(name: str) -> dict[str, Any]:
    """Return one resource file, such as `resource("es")`."""
    source = files("munbot_llm.documents").joinpath(f"resources/{name}.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(source)
    return loaded


def word_set(name: str, key: str) -> frozenset[str]:
    """Return the words of a list in a resource file."""
    return frozenset(str(resource(name)[key]).split())
